import { ConfigError } from '../definition/errors.ts';

/** Where ajv reports an error, in the code that it generates: the object, and how it is added to the errors before. */
const REPORTED =
  /const (err\d+) = (.*?);if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}errors\+\+;/gs;
const REPORTED_OTHERWISE = /vErrors = \[err\d|vErrors\.push\(err\d|[{,]schemaPath:"/;
const SCHEMA_PATH = /^(\{instancePath(?::.*?)?,)schemaPath:"((?:[^"\\]|\\.)*)",(?=keyword:")/s;
const STRINGS = /"(?:[^"\\]|\\.)*"/gs;
/** Inside these keywords a rule may belong to a branch that does not apply. */
const CHOICES = ['anyOf', 'oneOf', 'not', 'if', 'then', 'else'];
/** Below these keywords are names that the author of the schema gave. */
const NAMING = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];
/** Parameters with the pattern or the allowed values, which are in the code already. */
const UNUSED_PARAMS = /,keyword:"(pattern|enum|const)",params:\{.*\}\}$/s;

/**
 * Shortens how the code of a validator reports errors, which is most of it: a helper adds them, and members that the runtime does not read
 * are left out. Of the location of a rule in its schema remains whether it is inside a choice.
 *
 * @throws {ConfigError} `compiler-unsupported` where the code has another form, because ajv is another version.
 */
export function withShortErrors(code: string): string {
  const short = code.replaceAll(
    REPORTED,
    (_, _name: string, error: string) =>
      `vErrors = require("ajv/dist/runtime/fault").default(vErrors, ${shortened(error)});errors++;`,
  );
  // Without `isInChoice`, undeclared data inside a choice would be taken for declared data.
  if (REPORTED_OTHERWISE.test(short.replaceAll(STRINGS, '""'))) throw otherForm();
  return short;
}

function shortened(error: string): string {
  return error
    .replace(SCHEMA_PATH, (_, start: string, path: string) => `${start}${isInChoice(path) ? 'isInChoice:true,' : ''}`)
    .replace(UNUSED_PARAMS, ',keyword:"$1",params:{}}');
}

/** @param path of a rule in its schema: a URI fragment of keywords, names and indexes. */
function isInChoice(path: string): boolean {
  const steps = path.split('/');
  for (let at = 1; at < steps.length; at += 1) {
    const keyword = steps[at] ?? '';
    if (CHOICES.includes(keyword)) return true;
    if (NAMING.includes(keyword)) at += 1;
  }
  return false;
}

function otherForm(): ConfigError {
  return new ConfigError({
    code: 'compiler-unsupported',
    location: 'node_modules/ajv',
    found: 'a version that reports errors in another form',
    expected: 'the version that package.json of secure-api names',
    fix: 'Remove the override of ajv from package.json, and install again: npm ls ajv shows who asks for which version.',
  });
}
