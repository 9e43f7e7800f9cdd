import type { Fault } from '../fault.ts';
import { formatValue, type UncheckedApi } from './check.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** The three numbers of https://semver.org with an optional pre-release. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/;
const ROUTE_ID = /^[a-z][A-Za-z0-9]{0,63}$/;

/** The names that become resources, metrics, operation ids and file names. */
export function checkNames(api: UncheckedApi): readonly Fault[] {
  const faults: Fault[] = [];
  if (typeof api.name !== 'string' || !NAME.test(api.name)) {
    faults.push({
      code: 'name-invalid',
      location: 'name',
      found: formatValue(api.name),
      expected: 'lower case letters, digits and "-", starting with a letter, at most 40 characters',
      fix: 'Rename the API. The name becomes part of resources, metrics and the token audience.',
    });
  }
  if (typeof api.version !== 'string' || !VERSION.test(api.version)) {
    faults.push({
      code: 'version-invalid',
      location: 'version',
      found: formatValue(api.version),
      expected: 'a semantic version such as 1.0.0',
      fix: 'Write the version of the contract as MAJOR.MINOR.PATCH.',
    });
  }
  const ids = Object.keys(api.routes ?? {});
  if (ids.length === 0) {
    faults.push({
      code: 'route-missing',
      location: 'routes',
      found: 'no route',
      expected: 'at least one route',
      fix: 'Add a route with get, post, put, patch or del.',
    });
  }
  for (const id of ids.filter((name) => !ROUTE_ID.test(name))) {
    faults.push({
      code: 'route-id-invalid',
      location: `routes.${id}`,
      found: formatValue(id),
      expected: 'a camelCase name of letters and digits, at most 64 characters',
      fix: 'Rename the route. Its name is the operation id and the name of the handler file.',
    });
  }
  return faults;
}
