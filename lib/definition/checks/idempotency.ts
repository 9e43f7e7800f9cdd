import { IDEMPOTENCY_KEY } from '../../../lambdas/shared/httpHeaders.ts';
import type { Fault } from '../fault.ts';
import { MAX_EXPIRY_SECONDS, MIN_EXPIRY_SECONDS } from '../idempotency.ts';
import type { RouteInput } from '../routes.ts';
import { isRecord } from '../shape.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { tryReadSchema } from './readSchemas.ts';

type Found = readonly [location: string, found: string, expected: string, fix: string];

/** Idempotency: on methods that change something, for callers that are known, with settings in bounds. */
export function checkIdempotency(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const { idempotency } = options;
    if (idempotency === undefined) return [];
    const location = `routes.${id}`;
    const faults: readonly (Found | undefined)[] = [
      ...settingFaults(`${location}.idempotency`, idempotency),
      methodFault(`${location}.idempotency`, route.method),
      callerFault(`${location}.idempotency`, options),
      ...cookieFaults(location, options.responses),
      headerFault(`${location}.headers.properties.${IDEMPOTENCY_KEY}`, options.headers),
    ];
    return faults
      .filter((fault) => fault !== undefined)
      .map(([at, found, expected, fix]) => ({ code: 'idempotency-invalid', location: at, found, expected, fix }));
  });
}

function settingFaults(location: string, option: unknown): readonly (Found | undefined)[] {
  if (option === true) return [];
  const expected = 'true, or an object with required and expiresAfterSeconds';
  if (!isRecord(option)) {
    return [[location, formatValue(option), expected, 'Write true, or remove idempotency.']];
  }
  const { required, expiresAfterSeconds: seconds } = option;
  const inBounds =
    Number.isInteger(seconds) && Number(seconds) >= MIN_EXPIRY_SECONDS && Number(seconds) <= MAX_EXPIRY_SECONDS;
  return [
    required === undefined || typeof required === 'boolean'
      ? undefined
      : [`${location}.required`, formatValue(required), 'true or false', 'Say whether each request needs a key.'],
    seconds === undefined || inBounds
      ? undefined
      : [
          `${location}.expiresAfterSeconds`,
          formatValue(seconds),
          `a whole number from ${MIN_EXPIRY_SECONDS} to ${MAX_EXPIRY_SECONDS}`,
          'Choose a time after which no client retries, such as 86400 for a day.',
        ],
  ];
}

function methodFault(location: string, method: string): Found | undefined {
  if (method !== 'GET') return undefined;
  return [
    location,
    'idempotency on GET',
    'POST, PUT, PATCH or DELETE',
    'Remove it: GET changes nothing, so clients repeat it safely.',
  ];
}

/** A key belongs to its caller: without one, everybody who sends the same key would get the response of another. */
function callerFault(location: string, options: Readonly<Record<string, unknown>>): Found | undefined {
  const open = ['public', 'webhook'].find((name) => options[name] !== undefined);
  if (open === undefined) return undefined;
  return [
    location,
    `idempotency on a ${open} route`,
    'a route with a verified caller, to whom its keys belong',
    open === 'public'
      ? 'Require a permission, or give the reason why any valid token is enough ("authenticated").'
      : 'Remove it: the messages of a webhook are deduplicated by their ids.',
  ];
}

function headerFault(location: string, headers: unknown): Found | undefined {
  const read = headers === undefined ? undefined : tryReadSchema(headers);
  if (read === undefined || !('node' in read) || !Object.hasOwn(read.node.properties ?? {}, IDEMPOTENCY_KEY))
    return undefined;
  return [
    location,
    'a schema of the header',
    'no schema: idempotency declares the header',
    `Remove ${IDEMPOTENCY_KEY} from headers; the handler gets idempotencyKey.`,
  ];
}

/** The table would hold what may be a session, and a repeated request would set an old one again. */
function cookieFaults(location: string, responses: unknown): readonly Found[] {
  if (!isRecord(responses)) return [];
  return Object.entries(responses)
    .filter(([, response]) => isRecord(response) && response['cookies'] !== undefined)
    .map(([status]) => [
      `${location}.responses.${status}.cookies`,
      'cookies on a route with idempotency',
      'no cookies: the response is stored, and a repeated request would set an old cookie again',
      'Set the cookie on another route, or remove idempotency.',
    ]);
}
