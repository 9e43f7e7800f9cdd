import type { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { Validate } from '../definition/bundledTypes.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { forgetNames } from './ajv.ts';
import { HELPERS } from './runtimeHelpers.ts';
import { withShortErrors } from './shortErrors.ts';

/** How ajv asks for its run-time helpers, also in ES modules: `require("ajv/dist/runtime/equal").default`. */
const REQUIRE = /require\("ajv\/dist\/runtime\/(\w+)"\)\.default/g;
/** How a module ends in names: `export const validate = validate20;export default validate20;`. */
const EXPORTS = /export const validate = (\w+);export default \1;/;

/** The source of an ES module that validates a schema and imports nothing. */
export function moduleSource(ajv: Ajv2020, schema: SchemaNode): string {
  forgetNames(ajv);
  return selfContained(withShortErrors(standalone.default(ajv, ajv.compile(schema))));
}

/**
 * The function that a module of {@link moduleSource} exports. (ajv's own in-process function would differ: it has not our helpers,
 * and its comparison of objects throws on a key `toString`.)
 */
export function evaluate(source: string): Validate {
  const name = EXPORTS.exec(source)?.[1] ?? '';
  return new Function(`${source.replace(EXPORTS, '')}\nreturn ${name};`)() as Validate;
}

function selfContained(code: string): string {
  const names = new Set([...code.matchAll(REQUIRE)].map((match) => match[1] as keyof typeof HELPERS));
  const helpers = [...names].sort().map((name) => HELPERS[name]);
  const body = code.replace('"use strict";', '').replace(REQUIRE, (_, name: string) => `helper_${name}`);
  return [...helpers, body, ''].join('\n');
}
