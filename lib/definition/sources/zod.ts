import type { SourceGap } from './standard.ts';

/** What is read of a Zod 4 schema: its definition, which is plain data. */
interface ZodDef {
  readonly type?: string;
  readonly coerce?: boolean;
  readonly checks?: readonly { readonly _zod?: { readonly def?: { readonly check?: string } } }[];
  readonly getter?: () => unknown;
  readonly [member: string]: unknown;
}

/** Types that convert to something weaker, or run code. */
const REJECTED_TYPES: Readonly<Record<string, string>> = {
  pipe: 'pipe, transform, preprocess or codec',
  transform: 'transform',
  catch: 'catch',
  file: 'file',
  date: 'date',
  custom: 'custom',
  promise: 'promise',
};
/** Checks that are code (`refine`, `superRefine`, `check`) or change the value (`trim`, `toLowerCase`). */
const REJECTED_CHECKS: Readonly<Record<string, string>> = {
  custom: 'refine',
  overwrite: 'trim, toLowerCase or another change of the value',
};

/** What `z.toJSONSchema` silently drops. */
export function zodGaps(schema: object): readonly SourceGap[] {
  const gaps: SourceGap[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, at: string): void => {
    const def = defOf(value);
    if (def === undefined || seen.has(value)) return;
    seen.add(value);
    gaps.push(...constructsOf(def).map((construct) => ({ at, construct })));
    for (const [location, child] of childrenOf(def)) visit(child, at === '' ? location : `${at}.${location}`);
  };
  visit(schema, '');
  return gaps;
}

function defOf(value: unknown): ZodDef | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { readonly _zod?: { readonly def?: ZodDef } })._zod?.def;
}

function constructsOf({ type = '', coerce, checks = [] }: ZodDef): readonly string[] {
  const named = Object.hasOwn(REJECTED_TYPES, type) ? [REJECTED_TYPES[type] ?? type] : [];
  const checked = checks.flatMap((check) => REJECTED_CHECKS[check?._zod?.def?.check ?? ''] ?? []);
  return [...named, ...(coerce === true ? ['coerce'] : []), ...checked];
}

/** Schemas below: members, items of lists and values of maps that are schemas themselves. */
function childrenOf(def: ZodDef): readonly (readonly [string, unknown])[] {
  const lazy = def.type === 'lazy' ? [['getter', def.getter?.()] as const] : [];
  const members = Object.entries(def).flatMap(([name, value]) => {
    if (defOf(value) !== undefined) return [[name, value] as const];
    if (typeof value !== 'object' || value === null || name === 'checks') return [];
    const base = name === 'shape' ? 'properties' : name;
    return Object.entries(value).map(([key, child]) => [`${base}.${key}`, child] as const);
  });
  return [...lazy, ...members];
}
