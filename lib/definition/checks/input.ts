import type { Fault } from '../fault.ts';
import { INPUT_LIMITS, type InputRules, inputRules, LIMIT_NAMES } from '../input.ts';
import type { RouteInput } from '../routes.ts';
import type { SchemaNode } from '../schema.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { readableSchemas } from './readSchemas.ts';

/** Policies by name: their values, and how to choose one. */
const POLICIES = [
  ['unicode', ['reject', 'normalize'], 'Choose what happens to text that is not NFC.'],
  ['otherCookies', ['reject', 'ignore'], 'Choose what happens to cookies that the API does not declare.'],
] as const;

/** Limits of requests: in bounds, and not below what the schemas of the route allow. */
export function checkInput(api: UncheckedApi): readonly Fault[] {
  const rules: Partial<InputRules> = api.input ?? {};
  return [
    ...ruleFaults('input', rules),
    ...Object.entries(api.routes ?? {}).flatMap(([id, route]) => ruleFaults(`routes.${id}`, route.options ?? {})),
    ...schemaFaults(api),
  ];
}

function ruleFaults(location: string, rules: Partial<InputRules>): readonly Fault[] {
  const limits = LIMIT_NAMES.flatMap((name) => {
    const value = rules[name];
    const [, min, max] = INPUT_LIMITS[name];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return [];
    const expected = `a whole number from ${min} to ${max}`;
    return [fault(`${location}.${name}`, value, expected, 'Stay within the limits of API Gateway and Lambda.')];
  });
  const policies = POLICIES.flatMap(([name, values, fix]) => {
    const value: unknown = rules[name];
    const isKnown = value === undefined || values.some((one) => one === value);
    return isKnown ? [] : [fault(`${location}.${name}`, value, values.join(' or '), fix)];
  });
  return [...limits, ...policies];
}

/** A schema must not allow more than the limit, which would reject it. */
function schemaFaults(api: UncheckedApi): readonly Fault[] {
  return readableSchemas(api).flatMap(({ route, location, part, node }) => {
    // The limits are those of JSON and of strings in a request; the size of a file is its own limit.
    if (part === 'response' || part === 'rows') return [];
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
    if (typeof allowed !== 'number' || !(Number.isInteger(rules[limit]) && allowed > rules[limit])) return [];
    return [
      {
        code: 'input-below-schema' as const,
        location: `${location}.${keyword}`,
        found: `${allowed}, above ${limit} ${rules[limit]} of the route`,
        expected: `at most ${rules[limit]}, or a larger ${limit}`,
        fix: `Lower ${keyword}, or raise ${limit} of the route. Otherwise the route rejects what its schema allows.`,
      },
    ];
  });
}

function fault(location: string, found: unknown, expected: string, fix: string): Fault {
  return { code: 'option-invalid', location, found: formatValue(found), expected, fix };
}
