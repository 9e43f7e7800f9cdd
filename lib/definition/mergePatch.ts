import { Type } from 'typebox';
import { kindOf } from './checks/check.ts';
import { tryReadSchema } from './checks/readSchemas.ts';
import { nodeValueFaults } from './checks/schemaValues.ts';
import { DefinitionError } from './errors.ts';
import type { InferRequest, JsonSchema, SchemaNode } from './schema.ts';
import { nameOfId } from './schemaName.ts';
import type { SourceGap } from './sources/standard.ts';

/**
 * A merge patch of `T` (RFC 7396): what is absent stays, `null` removes. Only what `T` can be without can be removed. Lists are
 * replaced as a whole.
 */
export type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? {
        -readonly [Name in keyof T]?: undefined extends T[Name]
          ? MergePatch<Exclude<T[Name], undefined>> | null
          : MergePatch<T[Name]>;
      }
    : T;

/** Rules of a whole object, which a part of it can break. */
const OF_WHOLE = ['required', 'minProperties', 'dependentRequired'];
/** Rules that choose between schemas: which one counts is known only after the patch is applied. */
const CHOICES = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'];
const NULL: SchemaNode = { type: 'null' };

/**
 * Derives the schema of a merge patch (RFC 7396) from that of an object, for `bodyType: 'application/merge-patch+json'`: each
 * property is optional, and those that the object can be without are also `null`, which removes them. Objects inside are patches,
 * too. Nothing is filled in: a default would overwrite what is there. A property with a default cannot be removed, since handlers
 * rely on it. A schema with a name (`$id`) becomes another one: `Order` becomes `OrderPatch`.
 *
 * The runtime's `applyMergePatch` applies a patch. What is required of the whole, such as `minProperties`, is for the handler.
 *
 * @throws {DefinitionError} `schema-not-expressible` where a property is a choice of objects, or the schema is no object;
 * `schema-not-compilable` where a keyword has a value of another kind.
 * @example
 * ```ts
 * const Note = object({ title: Type.String({ maxLength: 100 }), text: Type.Optional(Type.String({ maxLength: 500 })) });
 * const changeNote = patch('/notes/{id}', {
 *   permission: 'note:write',
 *   path: object({ id: Type.String({ format: 'uuid' }) }),
 *   body: mergePatchOf(Note), // { title?: string; text?: string | null }
 *   bodyType: 'application/merge-patch+json',
 *   responses: { 200: { description: 'The note', body: Note } },
 * });
 * ```
 */
export function mergePatchOf<const Schema extends JsonSchema>(schema: Schema) {
  const read = tryReadSchema(schema);
  if (read === undefined) throw notExpressible(`${kindOf(schema)} that is no schema`);
  if (!('node' in read)) throw notExpressible(read.gaps[0]?.construct ?? 'a schema that JSON cannot express');
  const [wrong] = nodeValueFaults(read.node, 'mergePatchOf()');
  if (wrong !== undefined) throw new DefinitionError([wrong]);
  if (!isObject(read.node)) throw notExpressible('a schema that is no object');
  return Type.Unsafe<MergePatch<InferRequest<Schema>>>(patchOf(read.node));
}

function patchOf(node: SchemaNode): SchemaNode {
  const choice = CHOICES.find((keyword) => keyword in node);
  if (choice !== undefined) throw notExpressible(`${choice} in an object`);
  const { properties = {}, required = [], default: _default, ...rest } = node;
  const kept = Object.entries(rest).filter(([keyword]) => !OF_WHOLE.includes(keyword));
  const patched = Object.entries(properties).map(([name, child]) => {
    const changed = memberOf(child);
    const stays = required.includes(name) || 'default' in child;
    return [name, stays ? changed : orNull(changed)] as const;
  });
  // A record of names that the schema does not list: each can be removed.
  const { additionalProperties: others } = node;
  const open = typeof others === 'object' ? { additionalProperties: orNull(memberOf(others)) } : {};
  return { ...renamed(Object.fromEntries(kept)), properties: Object.fromEntries(patched), ...open };
}

/** A name stands for one schema in the public document. */
function renamed(node: SchemaNode): SchemaNode {
  const id = nameOfId(node['$id']);
  const { title } = node;
  return {
    ...node,
    ...(id === undefined ? {} : { $id: `${id}Patch` }),
    ...(typeof title === 'string' ? { title: `${title} patch` } : {}),
  };
}

function memberOf(node: SchemaNode): SchemaNode {
  if (isObject(node)) return patchOf(node);
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (choices.some(isObject)) throw notExpressible('a choice of objects');
  const { default: _default, ...rest } = node;
  return rest;
}

/** With one type, `null` is another one; a list of values, or a choice, becomes a choice. */
function orNull(node: SchemaNode): SchemaNode {
  const { type } = node;
  const isPlain = type !== undefined && node.enum === undefined && !('const' in node);
  if (!isPlain) return { anyOf: [node, NULL] };
  const types = typeof type === 'string' ? [type] : type;
  return types.includes('null') ? node : { ...node, type: [...types, 'null'] };
}

function isObject({ type }: SchemaNode): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function notExpressible(found: SourceGap['construct']): DefinitionError {
  return new DefinitionError([
    {
      code: 'schema-not-expressible',
      location: 'mergePatchOf()',
      found,
      expected: 'an object of which each part can be changed alone',
      fix: 'Write the schema of the patch yourself: object({ … }) with Type.Optional and Type.Union([…, Type.Null()]).',
    },
  ]);
}
