/** Required parameters of an operation: API Gateway checks presence and nothing else. */
import type { OpenApiBody } from '../../assembly/model.ts';
import { flag, type Json, list, record, string } from '../../assembly/values.ts';
import { dereference } from '../reference.ts';
import type { CompiledRoute, RequestState } from '../step.ts';

/** A parameter that has to be there. */
export interface RequiredParameter {
  readonly name: string;
  readonly present: (state: RequestState) => boolean;
}

/** The required query, header and path parameters of an operation, the path item's among them, in order. */
export function requiredParameters(body: OpenApiBody, route: CompiledRoute): RequiredParameter[] {
  const item = record(record(body['paths'])[route.resourcePath]);
  const own = list(route.operation['parameters']).map((each) => dereference(body, each));
  const named = new Set(own.map(identity));
  const inherited = list(item['parameters']).map((each) => dereference(body, each));
  const all = [...inherited.filter((each) => !named.has(identity(each))), ...own];
  return all
    .filter(({ required }) => flag(required))
    .map(compile)
    .filter((parameter) => parameter !== undefined);
}

function identity(parameter: Json): string {
  return `${string(parameter['in'])}:${string(parameter['name'])}`;
}

/** Empty text counts as absent for query and header, as API Gateway has it. */
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
