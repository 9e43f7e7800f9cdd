/** `a`, `a and b`, `a, b and c`. */
export function namesOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** What `some` has and `all` lacks. */
export function missingIn(all: readonly string[], some: readonly string[]): readonly string[] {
  return some.filter((one) => !all.includes(one));
}
