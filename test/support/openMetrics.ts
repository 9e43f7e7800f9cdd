import parsePrometheus from 'parse-prometheus-text-format';

/** A sample as the parser reads it. */
interface Sample {
  readonly value: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Reads text with a parser that others keep. It takes the `_total` of an OpenMetrics counter for a separate name, so both have a key. */
export function readMetrics(text: string): ReadonlyMap<string, readonly Sample[]> {
  const families = parsePrometheus(text) as readonly { readonly name: string; readonly metrics: readonly Sample[] }[];
  return new Map(families.map(({ name, metrics }) => [name, metrics]));
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"';
const SAMPLE = new RegExp(
  `^(${NAME})(\\{(?:${LABEL}(?:,${LABEL})*)?\\}) (?:[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|NaN)$`,
);

/**
 * What of a text breaks a rule of OpenMetrics 1.0 that the parser does not check: the order of lines, names, the ends of counters, escapes,
 * repeated label sets, and the end.
 */
export function openMetricsFaults(text: string): readonly string[] {
  const lines = text.split('\n');
  const faults = lines.slice(-2).join('|') === '# EOF|' ? [] : ['does not end with # EOF'];
  const families = new Set<string>();
  const seen = new Set<string>();
  let [family, type] = ['', ''];
  for (const line of lines.slice(0, -2)) {
    const [, meta, name = '', rest = ''] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (meta === 'TYPE') {
      if (families.has(name)) faults.push(`${name} has two blocks`);
      families.add(name);
      [family, type] = [name, rest];
      continue;
    }
    if (meta === 'HELP' && name === family) continue;
    const [, sample, labels] = SAMPLE.exec(line) ?? [];
    const expected = type === 'counter' ? `${family}_total` : family;
    if (sample !== expected) faults.push(`not a sample of ${family}: ${line}`);
    if (seen.has(`${sample}${labels}`)) faults.push(`twice: ${line}`);
    seen.add(`${sample}${labels}`);
  }
  return faults;
}
