import { formatOf, isResponseType, JSON_TYPE } from '../contentType.ts';
import type { Fault } from '../fault.ts';
import { isRedirect, isRedirectOrigin, NOT_MODIFIED } from '../redirect.ts';
import type { ResponseInput } from '../routes.ts';
import { isRecord } from '../shape.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** Statuses of success, as the keys of an object. */
const SUCCESS = /^2\d\d$/;
/** Statuses that have no body (RFC 9110, section 15.3). */
const BODYLESS = ['204', '205', '301', '302', '303', '304', '307', '308'];
/** Statuses after which clients change the method of other requests than `GET` (RFC 9110, section 15.4). */
const AMBIGUOUS = ['301', '302'];

/** Responses: statuses that routes declare, and bodies of media types that a handler can return. */
export function checkResponses(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const location = `routes.${id}.responses`;
    const responses = route.options?.responses ?? {};
    const declared = Object.entries(responses);
    return [
      ...(declared.length === 0 ? [nothingDeclared(location)] : []),
      ...declared.flatMap(([status, response]) => [
        ...statusFaults(`${location}.${status}`, status, route.method),
        ...(isRecord(response) ? bodyFaults(`${location}.${status}`, status, response) : []),
        ...(isRecord(response) ? originFaults(`${location}.${status}.redirectTo`, status, response.redirectTo) : []),
      ]),
    ];
  });
}

function nothingDeclared(location: string): Fault {
  return {
    code: 'response-missing',
    location,
    found: 'nothing',
    expected: 'at least one declared response',
    fix: 'Declare what the route returns, such as { 204: { description: "Deleted" } }.',
  };
}

function statusFaults(location: string, status: string, method: string): readonly Fault[] {
  if (SUCCESS.test(status)) return [];
  if (isRedirect(Number(status)) || Number(status) === NOT_MODIFIED) {
    const isOfGet = AMBIGUOUS.includes(status) || Number(status) === NOT_MODIFIED;
    if (!isOfGet || method === 'GET') return [];
    const fix = 'Declare 303 to go on with GET, or 307 or 308 to repeat the request.';
    return [redirectFault(location, `${status} on ${method}`, 'a route of GET', fix)];
  }
  return [
    {
      code: 'response-missing',
      location,
      found: status,
      expected: 'a status from 200 to 299, a redirect or 304',
      fix: 'Declare error statuses in "problems"; handlers throw them.',
    },
  ];
}

function originFaults(location: string, status: string, origins: unknown): readonly Fault[] {
  if (origins === undefined || !Array.isArray(origins)) return [];
  if (!isRedirect(Number(status))) {
    return [redirectFault(location, `redirectTo of ${status}`, 'a redirect: 301, 302, 303, 307 or 308', 'Remove it.')];
  }
  return origins.flatMap((origin: unknown, i) =>
    isRedirectOrigin(origin) && origins.indexOf(origin) === i
      ? []
      : [
          redirectFault(
            `${location}.${i}`,
            formatValue(origin),
            'an origin such as https://pay.example.com, once',
            'Write scheme and host in lower case, without path and wildcards.',
          ),
        ],
  );
}

function redirectFault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'redirect-invalid', location, found, expected, fix };
}

function bodyFaults(location: string, status: string, { body, contentType }: ResponseInput): readonly Fault[] {
  const written = body === undefined ? 'contentType' : 'body';
  if (BODYLESS.includes(status) && (body !== undefined || contentType !== undefined)) {
    return [
      {
        code: 'response-missing',
        location: `${location}.${written}`,
        found: 'a body',
        expected: `no body: ${status} means that there is none`,
        fix: `Declare 200 with the body, or ${status} without one.`,
      },
    ];
  }
  return contentType === undefined ? [] : typeFaults(location, contentType, body);
}

function typeFaults(location: string, contentType: unknown, body: unknown): readonly Fault[] {
  const fault = (found: string, expected: string, fix: string): readonly Fault[] => [
    { code: 'content-type-invalid', location: `${location}.contentType`, found, expected, fix },
  ];
  if (!isResponseType(contentType)) {
    return fault(
      formatValue(contentType),
      'one media type of a success, in lower case and without parameters, such as text/csv',
      'Write the type alone; the runtime adds the charset. Throw problems; they have their own type.',
    );
  }
  const isJson = formatOf(contentType) === 'json';
  if (isJson === (body !== undefined)) return [];
  return isJson
    ? fault(
        `${contentType} without a schema`,
        'the schema of the JSON in body',
        'Write the schema in body. No JSON leaves an API unchecked.',
      )
    : fault(
        `${contentType} with a schema in body`,
        `no schema, or ${JSON_TYPE}`,
        'Remove body: a schema describes JSON. For this type a handler returns a string or bytes.',
      );
}
