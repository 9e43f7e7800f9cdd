import { type TObject, type TObjectOptions, type TProperties, Type } from 'typebox';

/**
 * A closed TypeBox object: unknown keys are refused. The same as `Type.Object(properties, { additionalProperties:
 * false })`, which every request object needs.
 *
 * @example
 * ```ts
 * const NewNote = object({ text: Type.String({ minLength: 1, maxLength: 500 }) });
 * ```
 */
export function object<const P extends TProperties>(properties: P, options: TObjectOptions = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false });
}
