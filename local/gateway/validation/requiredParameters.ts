/** Required parameters of an operation. API Gateway checks only that they are present. */
import type { OpenApiBody } from '../../assembly/model.ts';
import { flag, type Json, list, record, string } from '../../assembly/values.ts';
import { dereference } from '../openApi.ts';
import type { CompiledRoute, RequestState } from '../requestState.ts';

/** A required parameter, and whether a request has it. */
export interface RequiredParameter {
  readonly name: string;
  readonly present: (state: RequestState) => boolean;
}

/** The required query, header and path parameters of an operation and of its path item, in order. */
export function requiredParameters(
  body: OpenApiBody,
  route: Pick<CompiledRoute, 'operation' | 'resourcePath'>,
): RequiredParameter[] {
  const item = record(record(body['paths'])[route.resourcePath]);
  const own = list(route.operation['parameters']).map((each) => dereference(body, each));
  const keys = new Set(own.map(keyOf));
  const inherited = list(item['parameters']).map((each) => dereference(body, each));
  const all = [...inherited.filter((each) => !keys.has(keyOf(each))), ...own];
  return all
    .filter(({ required }) => flag(required))
    .map(compile)
    .filter((parameter) => parameter !== undefined);
}

function keyOf(parameter: Json): string {
  return `${string(parameter['in'])}:${string(parameter['name'])}`;
}

/** An empty query parameter or header counts as missing, as on AWS. */
function compile(parameter: Json): RequiredParameter | undefined {
  const name = string(parameter['name']) ?? '';
  const lower = name.toLowerCase();
  switch (parameter['in']) {
    case 'query':
      return { name, present: ({ request }) => filled(request.query, name) };
    case 'header':
      return { name, present: ({ request }) => filled(request.headers, lower) };
    case 'path':
      return { name, present: ({ pathParameters }) => (pathParameters[name] ?? '') !== '' };
    default:
      return undefined;
  }
}

function filled(values: Readonly<Record<string, readonly string[]>>, name: string): boolean {
  return Object.hasOwn(values, name) && (values[name] ?? []).some((value) => value !== '');
}
