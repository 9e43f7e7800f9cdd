import { isStandardSchema, type StandardSchema } from './standard.ts';
import { stepsOf } from './valibot.ts';

/** What is read of a schema of Zod 4: whether a value can be absent, before and after the schema has run. */
interface ZodData {
  readonly def?: { readonly type?: string };
  readonly optin?: string;
  readonly optout?: string;
}
/** What is read of a schema of Valibot. */
interface ValibotData {
  readonly type?: string;
  readonly default?: unknown;
  readonly wrapped?: unknown;
  readonly options?: unknown;
  readonly getter?: (input: unknown) => unknown;
}
type Reader = (schema: StandardSchema) => string | undefined;

const VALIBOT_OPTIONAL: Readonly<Record<string, string>> = {
  optional: 'v.optional()',
  exact_optional: 'v.exactOptional()',
  nullish: 'v.nullish()',
  undefinedable: 'v.undefinedable()',
};
/** A lazy schema can contain itself. */
const DEEPEST = 20;

const READERS: Readonly<Partial<Record<string, Reader>>> = {
  zod: zodMark,
  valibot: (schema) => valibotMark(stepsOf(schema)?.[0] ?? schema),
  joi: joiMark,
};

/**
 * The construct by which a schema says that its value can be absent, as its library spells it; undefined where it has none. A
 * property can be absent, and a parameter; a whole body, query or response cannot, so that the mark would have no effect.
 */
export function optionalMark(schema: unknown): string | undefined {
  if (!isStandardSchema(schema)) return Object.hasOwn(Object(schema), '~optional') ? 'Type.Optional()' : undefined;
  return READERS[schema['~standard'].vendor]?.(schema);
}

/** Zod passes the mark on through `.nullable()`, `.readonly()`, `z.lazy()`, unions and pipes. A default is another fault. */
function zodMark(schema: object): string | undefined {
  const { def, optin, optout } = (schema as { readonly _zod?: ZodData })._zod ?? {};
  const isAny = def?.type === 'any' || def?.type === 'unknown';
  return optin === 'optional' && optout === 'optional' && !isAny ? '.optional()' : undefined;
}

function valibotMark(schema: object, depth = 0): string | undefined {
  const { type = '', default: value, wrapped, options, getter } = schema as ValibotData;
  const mark = Object.hasOwn(VALIBOT_OPTIONAL, type) ? VALIBOT_OPTIONAL[type] : undefined;
  if (mark !== undefined) return value === undefined ? mark : undefined;
  if (depth === DEEPEST || type === 'non_optional' || type === 'non_nullish') return undefined;
  const inside = [wrapped, getter?.(undefined), ...(Array.isArray(options) ? options : [])];
  const schemas = inside.filter((one) => typeof one === 'object' && one !== null);
  return schemas.map((one) => valibotMark(one, depth + 1)).find((one) => one !== undefined);
}

/** Every schema of Joi accepts an absent value; only where `.optional()` is written does somebody mean it. */
function joiMark(schema: object): string | undefined {
  const { _flags: flags } = schema as { readonly _flags?: { readonly presence?: string } };
  return flags?.presence === 'optional' ? '.optional()' : undefined;
}
