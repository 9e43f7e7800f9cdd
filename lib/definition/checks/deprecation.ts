import type { Api, Route } from '../api.ts';
import type { Deprecation } from '../deprecation.ts';
import { DEPRECATION_HEADERS } from '../deprecation.ts';
import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, isCalendarDate, type UncheckedApi } from './check.ts';

/** Characters of a URL in a Link header: a longer one would be most of the headers. */
const LONGEST_LINK = 1_024;

/** Days that exist, in their order, and a link that a header can carry. */
export function checkDeprecation(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    if (options.deprecated === undefined) return [];
    const location = `routes.${id}`;
    const { since, sunset, link }: Partial<Deprecation> = options.deprecated;
    return [
      ...dateFaults(`${location}.deprecated.since`, since),
      ...(sunset === undefined ? [] : dateFaults(`${location}.deprecated.sunset`, sunset)),
      ...orderFaults(`${location}.deprecated.sunset`, since, sunset),
      ...linkFaults(`${location}.deprecated.link`, link),
      ...headerFaults(location, options),
    ];
  });
}

/** Routes whose sunset has passed on `today`: a warning, or an error with `strict`. */
export function sunsetFaults(api: Api, today: Date): readonly Fault[] {
  return Object.values<Route>(api.routes).flatMap(({ id, deprecated }) => {
    const { sunset } = deprecated ?? {};
    if (sunset === undefined || today < new Date(sunset)) return [];
    return [
      {
        code: 'sunset-passed' as const,
        location: `routes.${id}.deprecated.sunset`,
        found: `${sunset}, which has passed`,
        expected: 'a route that clients can still rely on, or none',
        fix: 'Remove the route and its handler, or agree on a later date with its clients.',
      },
    ];
  });
}

function dateFaults(location: string, date: unknown): readonly Fault[] {
  if (isCalendarDate(date)) return [];
  return [
    fault(location, formatValue(date), 'a date, YYYY-MM-DD', 'Write a day that exists. It begins at midnight, UTC.'),
  ];
}

/** RFC 9745, section 4: the sunset is not earlier than the deprecation. */
function orderFaults(location: string, since: unknown, sunset: unknown): readonly Fault[] {
  if (!isCalendarDate(since) || !isCalendarDate(sunset) || sunset >= since) return [];
  const fix = 'Clients need time between the two dates: write a later sunset, or an earlier since.';
  return [fault(location, sunset, `${since} (since) or a later day`, fix)];
}

function linkFaults(location: string, link: unknown): readonly Fault[] {
  if (link === undefined) return [];
  const url = typeof link === 'string' && link === link.trim() ? URL.parse(link) : null;
  const isPage = url?.protocol === 'https:' && url.username === '' && url.password === '';
  if (isPage && url.href.length <= LONGEST_LINK && !/[<>"\\^`{|}]/.test(url.href)) return [];
  // The URL could hold a password.
  const found =
    url !== null && (url.username !== '' || url.password !== '') ? 'a URL with a user name' : formatValue(link);
  const expected = `an https URL of at most ${LONGEST_LINK} characters, without a user name`;
  return [fault(location, found, expected, 'Write the address of a page about the deprecation, or leave it out.')];
}

/** A handler's own value would contradict the option. `Link` is for both. */
function headerFaults(location: string, { responses = {} }: Partial<RouteInput>): readonly Fault[] {
  return Object.entries(responses).flatMap(([status, { headers = {} }]) =>
    Object.keys(headers)
      .filter((name) => SET.includes(name.toLowerCase()))
      .map((name) =>
        fault(
          `${location}.responses.${status}.headers.${name}`,
          `the header ${name} of a deprecated route`,
          'no header that the option deprecated sets',
          'Remove the header: each response of the route has it.',
        ),
      ),
  );
}

const SET: readonly string[] = Object.values(DEPRECATION_HEADERS).filter((name) => name !== 'link');

function fault(location: string, found: string, expected: string, fix: string): Fault {
  return { code: 'deprecation-invalid', location, found, expected, fix };
}
