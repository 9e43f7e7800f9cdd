import type { RouteAccess, RouteModel } from '../routeModel.ts';
import { isRecord, type Json, list, record, string, stringRecord, strings } from '../values.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'x-amazon-apigateway-any-method'];

/**
 * The routes of an API. The body says which there are; the access policy in the metadata of the template, when there is one, says who is
 * allowed to call them. A preflight is no route of the API.
 */
export function readRoutes(body: Json, policy: Json): readonly RouteModel[] {
  const operations = operationsOf(body);
  const documented = list(policy['routes']).map(record);
  if (documented.length === 0) return operations;
  return documented.map((route) => {
    const method = string(route['method']) ?? '';
    const path = string(route['path']) ?? '';
    const operation = operations.find((one) => one.method === method && one.path === path);
    return {
      method,
      path,
      access: accessOf(record(route['access']), policy),
      ...(isRecord(route['where']) ? { where: stringRecord(route['where']) } : {}),
      needsInput: operation?.needsInput ?? false,
    };
  });
}

function accessOf(access: Json, policy: Json): RouteAccess {
  const kind = string(access['kind']);
  if (kind === 'public') return { kind };
  if (kind === 'webhook') return { kind, sender: string(access['secret']) ?? '' };
  return { kind: 'token', roles: rolesWith(access['permission'], policy), scopes: strings(access['scopes']) };
}

/** The roles that grant a permission; none where every valid token does, because no permission is needed or the default role has it. */
function rolesWith(permission: unknown, policy: Json): readonly string[] {
  if (permission === undefined) return [];
  const roles = Object.entries(record(policy['roles'])).filter(([, granted]) => list(granted).includes(permission));
  const names = roles.map(([name]) => name);
  return names.includes(string(policy['defaultRole']) ?? '') ? [] : names;
}

function operationsOf(body: Json): readonly RouteModel[] {
  return Object.entries(record(body['paths'])).flatMap(([path, item]) =>
    Object.entries(record(item))
      .filter(([key]) => METHODS.includes(key.toLowerCase()))
      .map(([key, operation]) => routeOf(key, path, record(item), record(operation)))
      .filter(({ method }) => method !== 'OPTIONS'),
  );
}

function routeOf(key: string, path: string, item: Json, operation: Json): RouteModel {
  const parameters = [...list(item['parameters']), ...list(operation['parameters'])].map(record);
  const needsInput =
    record(operation['requestBody'])['required'] === true ||
    parameters.some((parameter) => parameter['required'] === true && parameter['in'] !== 'path');
  return { method: key.startsWith('x-') ? 'ANY' : key.toUpperCase(), path, needsInput };
}
