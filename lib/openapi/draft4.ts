import { type SchemaNode, typesOf } from '../definition/schema.ts';
import { type KeywordReporter, omitKeywords } from './omittedKeywords.ts';
import { isPortablePattern } from './portablePattern.ts';

/** A schema of JSON Schema draft 4, as far as OpenAPI 3.0 and API Gateway take it. */
export type Draft4 = Readonly<Record<string, unknown>>;

/** What a conversion reports while it runs. */
export interface Draft4Reporter extends KeywordReporter {
  /** Puts a schema under an own name and returns the reference. */
  readonly lift: (location: string, schema: Draft4) => Draft4;
}

/** Keywords that mean the same in both drafts and only narrow. */
const KEPT = ['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'maxProperties'];

/** Types whose values an `enum` of OpenAPI 3.0 can list. */
const PLAIN = ['string', 'number', 'boolean'];

/**
 * Keywords that are left out or without effect wherever they stand, with the reason. Annotations are left out silently.
 */
const REASONS: Readonly<Record<string, string>> = {
  format: 'the gateway checks formats by its own rules',
  exclusiveMinimum: 'not supported by API Gateway; kept as minimum',
  exclusiveMaximum: 'not supported by API Gateway; kept as maximum',
  minItems: 'kept, but API Gateway does not enforce it',
  maxItems: 'kept, but API Gateway does not enforce it',
  multipleOf: 'decimal and binary arithmetic disagree',
  patternProperties: 'not in OpenAPI 3.0; the object is left open',
  propertyNames: 'not in draft 4',
  prefixItems: 'not in draft 4',
  contains: 'not in draft 4',
  minContains: 'not in draft 4',
  maxContains: 'not in draft 4',
  unevaluatedProperties: 'not in draft 4',
  dependentRequired: 'not in OpenAPI 3.0',
  dependentSchemas: 'not in draft 4',
  not: 'the negation of a weakened schema would be stricter',
  if: 'not in draft 4, nor then and else',
  nullable: 'OpenAPI 3.0 has it, API Gateway does not; the type is left out',
  'x-text': 'the gateway takes any string',
  'x-max-decoded-bytes': 'kept as the length that so many bytes have in base64',
};

/**
 * Converts a schema to draft 4 so that **everything the original accepts is still accepted**: what draft 4 cannot
 * express is left out and reported. The Lambda checks the original again, so the gateway's model does not have to
 * reject everything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
export function toDraft4(original: SchemaNode | boolean, location: string, reporter: Draft4Reporter): Draft4 {
  if (typeof original === 'boolean') {
    if (!original) reporter.drop(location, 'false', 'not in draft 4');
    return {};
  }
  const node = omitKeywords(original, location, reporter);
  const below = original['x-sensitive'] === true ? { ...reporter, sensitive: true } : reporter;
  for (const keyword of Object.keys(node)) {
    const reason = REASONS[keyword];
    if (reason !== undefined) reporter.drop(location, keyword, reason);
  }
  const convert = (child: SchemaNode | boolean, at: string) => {
    const converted = toDraft4(child, `${location}.${at}`, below);
    return isCombined(converted) ? reporter.lift(`${location}.${at}`, converted) : converted;
  };
  return {
    ...typeOf(node, location, reporter),
    ...Object.fromEntries(KEPT.filter((keyword) => keyword in node).map((keyword) => [keyword, node[keyword]])),
    ...boundsOf(node),
    ...decodedOf(node),
    ...patternOf(node, location, reporter),
    ...objectOf(node, convert),
    ...listOf(node, convert),
    ...choiceOf(node, location, reporter, convert),
  };
}

/** API Gateway silently drops an inline `allOf`; a reference to a model it keeps. */
function isCombined(schema: Draft4): boolean {
  return schema['allOf'] !== undefined || schema['anyOf'] !== undefined;
}

/** How the parts of a schema convert their own parts. */
type ConvertChild = (child: SchemaNode | boolean, at: string) => Draft4;

/** `type`, `enum` and `const` in the words of OpenAPI 3.0: one type, a list of plain values of that type. */
function typeOf(node: SchemaNode, location: string, reporter: Draft4Reporter): Draft4 {
  const values = valuesOf(node);
  if (values === undefined) return singleType(node, location, reporter);
  const types = new Set(values.map((value) => typeof value));
  const [type = ''] = types;
  if (types.size === 1 && PLAIN.includes(type)) {
    return { type, enum: values };
  }
  reporter.drop(location, 'const' in node ? 'const' : 'enum', 'values of several types, null or structures');
  return singleType(node, location, reporter);
}

function valuesOf(node: SchemaNode): readonly unknown[] | undefined {
  return 'const' in node ? [node.const] : node.enum;
}

function singleType(node: SchemaNode, location: string, reporter: Draft4Reporter): Draft4 {
  const [only, ...others] = typesOf(node);
  if (only === undefined) return {};
  if (only === 'integer' && others.length === 0) {
    // 1.0 is an integer in 2020-12 and to JavaScript, but not in draft 4 (section 3.5).
    reporter.drop(
      location,
      'type',
      'kept as number: the gateway takes no integer that is written with a fraction, as 1.0',
    );
    return { type: 'number' };
  }
  if (others.length === 0 && only !== 'null') return { type: only };
  reporter.drop(location, 'type', 'OpenAPI 3.0 has neither null nor lists of types');
  return {};
}

/** An exclusive bound becomes an inclusive one: one value more is accepted, none is lost. */
function boundsOf(node: SchemaNode): Draft4 {
  const minimum = largest(node['minimum'], node['exclusiveMinimum']);
  const maximum = largest(negated(node['maximum']), negated(node['exclusiveMaximum']));
  return {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum: -maximum + 0 }),
  };
}

/** Three bytes are four characters of base64 (RFC 4648, section 4). */
function decodedOf(node: SchemaNode): Draft4 {
  const bytes = node['x-max-decoded-bytes'];
  if (bytes === undefined) return {};
  return { maxLength: Math.min(Math.ceil(bytes / 3) * 4, node.maxLength ?? Number.POSITIVE_INFINITY) };
}

function largest(...values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function negated(value: unknown): number | undefined {
  return typeof value === 'number' ? -value : undefined;
}

function patternOf(node: SchemaNode, location: string, reporter: Draft4Reporter): Draft4 {
  const pattern = node['pattern'];
  if (typeof pattern !== 'string') return {};
  if (isPortablePattern(pattern)) return { pattern };
  reporter.drop(location, 'pattern', 'the gateway would read it differently');
  return {};
}

function objectOf(node: SchemaNode, convert: ConvertChild): Draft4 {
  const { properties, required, additionalProperties } = node;
  // Properties that only a pattern names would be unknown to the gateway.
  const closed = node['patternProperties'] === undefined && additionalProperties !== undefined;
  const isOpen = additionalProperties === true;
  return {
    // Draft 4 forbids an empty list.
    ...(required === undefined || required.length === 0 ? {} : { required }),
    ...minPropertiesOf(node),
    ...(properties === undefined ? {} : { properties: mapOf(properties, convert) }),
    ...(!closed || isOpen ? {} : { additionalProperties: additionalOf(additionalProperties, convert) }),
  };
}

/** The function counts the properties after it has filled in defaults. */
function minPropertiesOf({ minProperties, properties = {} }: SchemaNode): Draft4 {
  if (typeof minProperties !== 'number') return {};
  const filled = Object.values(properties).filter((child) => typeof child === 'object' && 'default' in child).length;
  return minProperties > filled ? { minProperties: minProperties - filled } : {};
}

function mapOf(properties: Readonly<Record<string, SchemaNode>>, convert: ConvertChild): Draft4 {
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([name, child]) => [name, convert(child, `properties.${name}`)]));
}

function additionalOf(additional: SchemaNode | boolean, convert: ConvertChild): Draft4 | boolean {
  return additional === false ? false : convert(additional, 'additionalProperties');
}

/** OpenAPI 3.0 wants `items` for every array. With `prefixItems`, 2020-12 means only the rest by it. */
function listOf(node: SchemaNode, convert: ConvertChild): Draft4 {
  if (node.items !== undefined && node['prefixItems'] === undefined) return { items: convert(node.items, 'items') };
  return node.type === 'array' ? { items: {} } : {};
}

/**
 * `allOf`, `anyOf` and `oneOf`. The last becomes `anyOf`, since two of its branches may overlap once they are weakened.
 */
function choiceOf(node: SchemaNode, location: string, reporter: Draft4Reporter, convert: ConvertChild): Draft4 {
  if (node.oneOf !== undefined) reporter.drop(location, 'oneOf', 'weakened branches may overlap; kept as anyOf');
  const branchesOf = (keyword: 'allOf' | 'anyOf' | 'oneOf') =>
    node[keyword]?.map((branch, i) => convert(branch, `${keyword}.${i}`));
  const [all = [], any, one] = [branchesOf('allOf'), branchesOf('anyOf'), branchesOf('oneOf')];
  const choice = any ?? one;
  // A schema with both means that each holds.
  const both = any !== undefined && one !== undefined;
  const parts = both ? [...all, reporter.lift(`${location}.oneOf`, { anyOf: one })] : all;
  return {
    ...(parts.length === 0 ? {} : { allOf: parts }),
    ...(choice === undefined ? {} : { anyOf: choice }),
  };
}
