/** `a`, `a and b`, `a, b and c`. */
export function namesOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Foreign text as JSON, without the control characters that JSON leaves as they are: it cannot steer a terminal. */
export function quoted(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (JSON.stringify(value) ?? '').replaceAll(/[\u007f-\u009f\u2028-\u202e]/g, escaped);
}
