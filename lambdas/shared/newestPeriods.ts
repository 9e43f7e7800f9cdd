/** Metric math that has values in the newest periods alone, so that CloudWatch does not look further back. */

const NEWEST = /^IF\(IF\(EPOCH\((.+)\) >= MAX\(EPOCH\(\1\)\)(?: - \d+)?, 0\), 0, (.+)\)$/s;

/**
 * An expression with values in the newest periods.
 *
 * @param clock expression with a value in every period
 * @param seconds how much older than the newest period the others can be
 */
export function inNewestPeriods(value: string, clock: string, seconds: number): string {
  const time = `EPOCH(${clock})`;
  const first = seconds === 0 ? `MAX(${time})` : `MAX(${time}) - ${seconds}`;
  // An older period has no condition, so it has no value; a newest one without a value stays without: as a first result it would be 0.
  return `IF(IF(${time} >= ${first}, 0), 0, ${value})`;
}

/** The value without what {@link inNewestPeriods} adds: a graph draws it in all periods, and other systems never look further back. */
export function atAllTimes(expression: string): string {
  return NEWEST.exec(expression)?.[2] ?? expression;
}
