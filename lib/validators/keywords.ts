import { _, type CodeKeywordDefinition, type KeywordCxt } from 'ajv';
import { useFunc } from 'ajv/dist/compile/util.js';
import { type SchemaNode, type TextPolicy, typesOf } from '../definition/schema.ts';
import { FORMATS } from './formats.ts';

/** Ajv's way to name a function of a module; the source replaces it with a helper. One object each, so that it is named once. */
const helper = (name: string) => ({ code: `require("ajv/dist/runtime/${name}").default` }) as never;
const TEXT_HELPERS: Readonly<Record<string, never>> = {
  safe: helper('text_safe'),
  line: helper('text_line'),
  plain: helper('text_plain'),
};
const DECODED_HELPER = helper('decoded');
const MULTIPLE_HELPER = helper('multiple');

/** `x-text`: the policy of a string, checked by one helper for all strings of a module. */
export const TEXT_KEYWORD: CodeKeywordDefinition = {
  keyword: 'x-text',
  schemaType: 'string',
  error: { message: 'text', params: ({ schema }) => _`{policy: ${schema}}` },
  code: (cxt: KeywordCxt) => {
    const check = TEXT_HELPERS[String(cxt.schema)];
    if (check !== undefined) cxt.fail(_`!${useFunc(cxt.gen, check)}(${cxt.data})`);
  },
};

/** `x-max-decoded-bytes`: the decoded size of a base64 string. */
export const DECODED_KEYWORD: CodeKeywordDefinition = {
  keyword: 'x-max-decoded-bytes',
  type: 'string',
  schemaType: 'number',
  error: { message: 'decoded', params: ({ schema }) => _`{limit: ${schema}}` },
  code: (cxt: KeywordCxt) => cxt.fail(_`!${useFunc(cxt.gen, DECODED_HELPER)}(${cxt.data}, ${cxt.schema})`),
};

/** Up to this, every whole number is exact as a double, and its decimal form is the shortest one. */
const EXACT = 1e15;

/**
 * `multipleOf`, which replaces ajv's: the value and the step are compared as the decimals that a person reads, the shortest
 * that give the same double (ECMA 262, Number::toString). Binary arithmetic would reject 19.99 for the step 0.01.
 */
export const MULTIPLE_KEYWORD: CodeKeywordDefinition = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  error: { message: 'multiple', params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}` },
  code: (cxt: KeywordCxt) => {
    const { scale, units } = decimalStep(Number(cxt.schema));
    cxt.fail(_`!${useFunc(cxt.gen, MULTIPLE_HELPER)}(${cxt.data}, ${cxt.schema}, ${scale}, ${units})`);
  },
};

/** A step as a whole number of units, of which `scale` make 1: 0.05 is 5 of 100. The scale is 0 where these are not exact. */
function decimalStep(step: number): { readonly scale: number; readonly units: number } {
  const [digits = '', exponent = '0'] = String(step).split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const places = fraction.length - Number(exponent);
  const units = Number(whole + fraction);
  // Powers of ten are exact up to 10^22.
  return places >= 0 && places <= 22 && units < EXACT
    ? { scale: Number(`1e${places}`), units }
    : { scale: 0, units: 1 };
}

/**
 * The policy that a node of a request checks, or undefined where its strings are listed, `raw`, or checked elsewhere. Every
 * other string has one: the default is `safe`, also below a node that is unbounded on purpose.
 */
export function textPolicyOf(node: SchemaNode): TextPolicy | undefined {
  const { 'x-text': own } = node;
  if (own !== undefined) return Object.hasOwn(TEXT_HELPERS, own) ? own : undefined;
  if (node.enum !== undefined || 'const' in node) return undefined;
  if (node['x-unbounded'] !== undefined) return 'safe';
  return typesOf(node).includes('string') && !isAscii(node.format) ? 'safe' : undefined;
}

/** All formats but one accept printable ASCII alone, so that their strings need no second check. */
function isAscii(format: string | undefined): boolean {
  return format !== undefined && Object.hasOwn(FORMATS, format) && format !== 'json-pointer';
}
