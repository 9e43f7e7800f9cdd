/** `$ref` within an OpenAPI body. */
import type { OpenApiBody } from '../assembly/model.ts';
import { type Json, record, string } from '../assembly/values.ts';

/** References may point at references; a ring of them ends here. */
const DEEPEST = 8;

/** The object that `value` is or refers to (`#/components/…`); an empty one when there is none. */
export function dereference(body: OpenApiBody, value: unknown, depth = 0): Json {
  const object = record(value);
  const pointer = string(object['$ref']);
  if (pointer === undefined) return object;
  if (!pointer.startsWith('#/') || depth === DEEPEST) return {};
  let target: unknown = body;
  for (const part of pointer.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const members = record(target);
    target = Object.hasOwn(members, name) ? members[name] : undefined;
  }
  return dereference(body, target, depth + 1);
}
