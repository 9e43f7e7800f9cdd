import { Ajv2020 } from 'ajv/dist/2020.js';
import { ValueScope } from 'ajv/dist/compile/codegen/scope.js';
import { FORMATS } from './formats.ts';
import { DECODED_KEYWORD, MULTIPLE_KEYWORD, TEXT_KEYWORD } from './keywords.ts';

/**
 * The compiler, the same for the functions' modules and for tests: JSON Schema 2020-12, strict, every fault reported,
 * lengths counted in characters (code points), nothing coerced, defaults of missing properties filled in. The code of a
 * validator has each default as a literal, so that every request gets its own value.
 *
 * `strictRequired` stays off: branches of `anyOf` may require properties that their parent declares.
 */
export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
    useDefaults: true,
    unicodeRegExp: true,
    formats: FORMATS,
    keywords: [TEXT_KEYWORD, DECODED_KEYWORD],
    // The runtime makes its own words from keyword and params; messages would add a quarter to the size.
    messages: false,
    code: { source: true, esm: true, lines: false },
    logger: false,
  });
  ajv.removeKeyword(MULTIPLE_KEYWORD.keyword as string).addKeyword(MULTIPLE_KEYWORD);
  // Compiles the schema of schemas, whose names would otherwise be counted with those of the first schema.
  ajv.validateSchema({});
  return ajv;
}

/**
 * Compiles with the compiler of this process, which starts at the first use: that takes ten milliseconds, three times as long as a route. Then the
 * compiler forgets all schemas, so that no result depends on what was compiled before, and none stays in memory.
 */
export function withAjv<T>(use: (ajv: Ajv2020) => T): T {
  started ??= start();
  const { ajv, schemas, refs } = started;
  try {
    return use(ajv);
  } finally {
    // Removes all but the schemas of schemas, and also their other names.
    ajv.removeSchema();
    Object.assign(ajv.schemas, schemas);
    Object.assign(ajv.refs, refs);
    forgetNames(ajv);
  }
}

/** Numbers in names begin again, so that the source of a schema does not depend on those compiled before; what had the names is let go. */
export function forgetNames(ajv: Ajv2020): void {
  Reflect.set(ajv, 'scope', new ValueScope({ ...ajv.scope.opts, scope: {} }));
}

/** The compiler of this process: it keeps nothing of what it compiles. */
let started: ReturnType<typeof start> | undefined;

function start() {
  const ajv = createAjv();
  return { ajv, schemas: { ...ajv.schemas }, refs: { ...ajv.refs } };
}
