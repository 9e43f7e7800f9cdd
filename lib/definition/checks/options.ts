import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** Whole numbers with their bounds: API Gateway's integration limit, Lambda's memory and concurrency quotas. */
const BOUNDS = { timeoutSeconds: [1, 29], memoryMb: [128, 10_240], concurrency: [1, 1_000] } as const;
const KNOWN: Readonly<Record<keyof RouteInput, true>> = {
  permission: true,
  scopes: true,
  ownership: true,
  public: true,
  authenticated: true,
  summary: true,
  description: true,
  path: true,
  query: true,
  headers: true,
  cookies: true,
  body: true,
  upload: true,
  responses: true,
  problems: true,
  limits: true,
  flood: true,
  isolate: true,
  timeoutSeconds: true,
  memoryMb: true,
  concurrency: true,
  maxBodyBytes: true,
  maxDepth: true,
  maxKeys: true,
  maxStringLength: true,
  maxArrayItems: true,
  maxHeaderBytes: true,
  maxUrlBytes: true,
  unicode: true,
};
const BODYLESS = ['GET', 'DELETE'];

/** The rest of a route's options: known names, numbers in bounds, bodies where HTTP has them, responses declared. */
export function checkOptions(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const location = `routes.${id}`;
    const options: RouteInput = route.options ?? {};
    return [
      ...nameFaults(location, options),
      ...boundFaults(location, options),
      ...bodyFaults(location, route.method, options),
      ...responseFaults(location, options),
    ];
  });
}

function nameFaults(location: string, options: RouteInput): readonly Fault[] {
  return Object.keys(options)
    .filter((name) => !Object.hasOwn(KNOWN, name))
    .map((name) => ({
      code: 'option-invalid' as const,
      location: `${location}.${name}`,
      found: formatValue(name),
      expected: `one of ${Object.keys(KNOWN).join(', ')}`,
      fix: 'Fix the spelling. An unknown option would have no effect.',
    }));
}

function boundFaults(location: string, options: RouteInput): readonly Fault[] {
  return (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).flatMap((name) => {
    const value = options[name];
    const [min, max] = BOUNDS[name];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return [];
    return [
      {
        code: 'option-invalid' as const,
        location: `${location}.${name}`,
        found: formatValue(value),
        expected: `a whole number from ${min} to ${max}`,
        fix: 'Stay within the limits of API Gateway and Lambda.',
      },
    ];
  });
}

function bodyFaults(location: string, method: string, options: RouteInput): readonly Fault[] {
  if (options.body === undefined || !BODYLESS.includes(method)) return [];
  return [
    {
      code: 'body-not-allowed',
      location: `${location}.body`,
      found: `a body on ${method}`,
      expected: 'no body: RFC 9110 gives it no meaning there',
      fix: 'Use the query, or another method.',
    },
  ];
}

function responseFaults(location: string, options: RouteInput): readonly Fault[] {
  const statuses = Object.keys(options.responses ?? {}).map(Number);
  const invalid = statuses.filter((status) => !(Number.isInteger(status) && status >= 200 && status <= 299));
  const faults: Fault[] = invalid.map((status) => ({
    code: 'response-missing',
    location: `${location}.responses.${status}`,
    found: formatValue(status),
    expected: 'a status from 200 to 299',
    fix: 'Declare error statuses in "problems"; handlers throw them.',
  }));
  if (statuses.length === 0) {
    faults.push({
      code: 'response-missing',
      location: `${location}.responses`,
      found: 'nothing',
      expected: 'at least one declared response',
      fix: 'Declare what the route returns, such as { 204: { description: "Deleted" } }.',
    });
  }
  if (statuses.includes(204) && options.responses?.[204]?.body !== undefined) {
    faults.push({
      code: 'response-missing',
      location: `${location}.responses.204.body`,
      found: 'a body',
      expected: 'no body: 204 means that there is none',
      fix: 'Declare 200 with the body, or 204 without one.',
    });
  }
  return faults;
}
