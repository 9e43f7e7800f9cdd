const LONGEST = 80;

/** A value as a fault shows it: JSON, shortened, `nothing` when absent. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
