import type { SourceGap } from './standard.ts';

/** What is read of a Joi schema: what its `describe()` gives. */
interface JoiNode {
  readonly type?: string;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly rules?: readonly { readonly name: string; readonly args?: Readonly<Record<string, unknown>> }[];
  readonly keys?: Readonly<Record<string, JoiNode>>;
  readonly items?: readonly JoiNode[];
  readonly ordered?: readonly JoiNode[];
  readonly matches?: readonly { readonly schema?: JoiNode }[];
  readonly patterns?: readonly { readonly rule?: JoiNode }[];
  readonly [member: string]: unknown;
}

/** Allow-lists: anything else Joi would do at run time, or express more weakly in JSON Schema. */
const TYPES = ['string', 'number', 'boolean', 'array', 'object', 'alternatives'];
const RULES: Readonly<Record<string, readonly string[]>> = {
  string: ['min', 'max', 'length', 'pattern', 'email', 'guid', 'hostname', 'isoDate', 'uri'],
  number: ['min', 'max', 'integer', 'greater', 'less', 'sign', 'multiple', 'port'],
  array: ['min', 'max', 'length', 'unique', 'has', 'items'],
  object: ['min', 'max', 'length'],
};
const FLAGS = ['presence', 'only', 'unknown', 'description', 'label', 'default', 'insensitive'];
const MEMBERS = [
  ...['type', 'flags', 'rules', 'keys', 'items', 'ordered', 'matches', 'patterns', 'allow'],
  ...['metas', 'notes', 'tags', 'examples', 'preferences'],
];

/** What Joi silently drops when it converts. */
export function joiGaps(schema: object): readonly SourceGap[] {
  const { describe } = schema as { readonly describe?: () => JoiNode };
  return describe === undefined ? [] : gapsOf(describe.call(schema), '');
}

function gapsOf(node: JoiNode, at: string): readonly SourceGap[] {
  const below = (step: string) => (at === '' ? step : `${at}.${step}`);
  return [
    ...constructsOf(node).map((construct) => ({ at, construct })),
    ...Object.entries(node.keys ?? {}).flatMap(([name, child]) => gapsOf(child, below(`properties.${name}`))),
    ...(node.items ?? []).flatMap((child) => gapsOf(child, below('items'))),
    ...(node.ordered ?? []).flatMap((child, i) => gapsOf(child, below(`prefixItems.${i}`))),
    ...(node.matches ?? []).flatMap(({ schema }, i) =>
      schema ? gapsOf(schema, below(`anyOf.${i}`)) : ['when'].map((construct) => ({ at, construct })),
    ),
    ...(node.patterns ?? []).flatMap(({ rule }, i) => (rule ? gapsOf(rule, below(`patternProperties.${i}`)) : [])),
  ];
}

function constructsOf({ type = '', flags = {}, rules = [], ...members }: JoiNode): readonly string[] {
  const presence = flags['presence'];
  return [
    ...(TYPES.includes(type) || presence === 'forbidden' ? [] : [type]),
    ...(presence === 'forbidden' ? ['forbidden'] : []),
    ...Object.keys(flags).filter((name) => !FLAGS.includes(name)),
    ...Object.keys(members).filter((name) => !MEMBERS.includes(name)),
    ...rules.filter((rule) => !isExpressible(type, rule)).map(({ name }) => name),
  ];
}

function isExpressible(
  type: string,
  { name, args = {} }: { name: string; args?: Readonly<Record<string, unknown>> },
): boolean {
  const json = JSON.stringify(args);
  // A reference to another value, an inverted pattern and the flags of a regular expression cannot be expressed.
  const plain = !json.includes('"ref":{') && !json.includes('"invert":true') && !/"regex":"\/.*\/[a-z]+"/.test(json);
  return plain && (RULES[type]?.includes(name) ?? false);
}
