import type { Fault } from '../fault.ts';
import { INPUT_LIMITS, type InputRules, inputRules, LIMIT_NAMES } from '../input.ts';
import type { RouteInput } from '../routes.ts';
import type { SchemaNode } from '../schema.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

const UNICODE = ['reject', 'normalize'];

/** Limits of requests: in bounds, spelt as they are known, and not below what the schemas of the route allow. */
export function checkInput(api: UncheckedApi): readonly Fault[] {
  const rules: Partial<InputRules> = api.input ?? {};
  const known: readonly string[] = [...LIMIT_NAMES, 'unicode'];
  const unknown = Object.keys(rules).filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => wrong(`input.${name}`, name, `one of ${known.join(', ')}`, 'Mend the spelling.')),
    ...ruleFaults('input', rules),
    ...Object.entries(api.routes ?? {}).flatMap(([id, route]) => ruleFaults(`routes.${id}`, route.options ?? {})),
    ...schemaFaults(api),
  ];
}

function ruleFaults(location: string, rules: Partial<InputRules>): readonly Fault[] {
  const limits = LIMIT_NAMES.flatMap((name) => {
    const value = rules[name];
    const [, least, greatest] = INPUT_LIMITS[name];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= greatest)) return [];
    const expected = `a whole number from ${least} to ${greatest}`;
    return [wrong(`${location}.${name}`, value, expected, 'Stay within the limits of API Gateway and Lambda.')];
  });
  const { unicode } = rules;
  if (unicode === undefined || UNICODE.includes(unicode)) return limits;
  return [
    ...limits,
    wrong(`${location}.unicode`, unicode, UNICODE.join(' or '), 'Say what becomes of text that is not NFC.'),
  ];
}

/** A schema that allows more than the limit would promise what is then refused. */
function schemaFaults(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ route, location, part, node }) => {
    if (part === 'response') return [];
    const options: Partial<RouteInput> = api.routes[route]?.options ?? {};
    const rules = inputRules(options, api.input);
    const faults: Fault[] = [];
    walkSchema(node, location, (child, at) => {
      faults.push(...belowFaults(child, at, rules));
    });
    return faults;
  });
}

const PAIRS = [
  ['maxLength', 'maxStringLength'],
  ['maxItems', 'maxArrayItems'],
  ['maxProperties', 'maxKeys'],
] as const;

function belowFaults(node: SchemaNode, location: string, rules: InputRules): readonly Fault[] {
  return PAIRS.flatMap(([keyword, limit]) => {
    const allowed = node[keyword];
    if (typeof allowed !== 'number' || allowed <= rules[limit]) return [];
    return [
      {
        code: 'input-below-schema' as const,
        location: `${location}.${keyword}`,
        found: `${allowed}, above ${limit} ${rules[limit]} of the route`,
        expected: `at most ${rules[limit]}, or a larger ${limit}`,
        fix: `Lower ${keyword}, or raise ${limit} of the route: as it is, what the schema allows is refused.`,
      },
    ];
  });
}

function wrong(location: string, found: unknown, expected: string, fix: string): Fault {
  return { code: 'option-invalid', location, found: formatValue(found), expected, fix };
}
