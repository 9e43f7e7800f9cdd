import { parser } from '@prometheus-io/lezer-promql';

/** Where the grammar of Prometheus (that of its editor) does not read an expression; empty when it does. */
export function promqlFaults(expression: string): readonly string[] {
  const faults: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) faults.push(expression.slice(Math.max(0, node.from - 20), node.to + 20));
    },
  });
  return faults;
}

/** The selectors in an expression: names of metrics with their matchers. */
export function selectorsOf(
  expression: string,
): readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[] {
  const found: { name: string; labels: Record<string, string> }[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.name !== 'VectorSelector') return;
      const text = expression.slice(node.from, node.to);
      const [, name = '', matchers = ''] = /^([^{]+)\{(.*)\}$/.exec(text) ?? [];
      const pairs = [...matchers.matchAll(/([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")/g)];
      found.push({
        name,
        labels: Object.fromEntries(pairs.map(([, label, value]) => [label, JSON.parse(value ?? '""')])),
      });
    },
  });
  return found;
}
