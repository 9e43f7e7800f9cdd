/** Schemas that TypeBox makes. They are apart from the readers of schemas, because a command that reads one need not load TypeBox. */
import { type Static, type TObject, type TObjectOptions, type TProperties, type TSchema, Type } from 'typebox';

/**
 * A closed TypeBox object: unknown keys are rejected. The same as `Type.Object(properties, { additionalProperties:
 * false })`, which every request object needs.
 *
 * @example
 * ```ts
 * const NewNote = object({ text: Type.String({ minLength: 1, maxLength: 500 }) });
 * ```
 */
export function object<const P extends TProperties>(properties: P, options: TObjectOptions = {}): TObject<P> {
  // JavaScript bypasses the types: the definition reports what is no schema, with its location.
  return Type.Object(properties ?? ({} as P), { ...options, additionalProperties: false });
}

/**
 * An optional property with a default, which the function fills in where a request has none: the handler's type has it
 * always. (`Type.Optional(Type.Integer({ default: 20 }))` has the same effect, but TypeBox keeps no default in a type.)
 *
 * @example
 * ```ts
 * const Page = object({ limit: withDefault(Type.Integer({ minimum: 1, maximum: 100 }), 20) });
 * ```
 */
export function withDefault<Schema extends TSchema, const Value extends Static<Schema>>(
  schema: Schema,
  value: Value,
): Schema & { readonly '~optional': true; readonly default: Value } {
  // TypeBox keeps its own members hidden, so that they are copied as they are.
  const members = Object.getOwnPropertyDescriptors(Type.Optional(schema));
  const own = { ...members, default: { value, enumerable: true, configurable: true, writable: true } };
  return Object.defineProperties({}, own) as Schema & { readonly '~optional': true; readonly default: Value };
}
