import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circularImports, importsUnder, sourceFiles } from './sources.ts';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const LONGEST_FILE = 300;
const MEDIAN_LINES = { least: 60, most: 130 };
const FOLDERS = ['bin', 'create', 'lib', 'lambdas', 'local'];

interface AllowedImport {
  readonly module: string;
  readonly typesOnly: boolean;
}

/** The table of modules in docs/architecture.md. */
function modules(): ReadonlyMap<string, readonly AllowedImport[]> {
  const text = readFileSync(`${root}/docs/architecture.md`, 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (lib|lambdas|local|create|bin)[/ ]/.test(line));
  return new Map(
    rows.map((row) => {
      const [module = '', , allowed = ''] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      const cells = allowed
        .split(',')
        .map((cell) => cell.trim())
        .filter(Boolean);
      return [module, cells.map((cell) => ({ module: cell.split(' ')[0] ?? '', typesOnly: cell.includes('*types*') }))];
    }),
  );
}

const table = modules();
const names = [...table.keys(), 'local/contracts.ts'];
const moduleOf = (file: string) =>
  names.filter((name) => file === name || file.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0];
const edges = FOLDERS.flatMap((folder) => importsUnder(root, folder));

describe('the modules', () => {
  it('are all in the table of docs/architecture.md', () => {
    expect([...table.keys()]).toEqual(expect.arrayContaining(['lambdas/shared', 'lib/simulator']));
    const files = FOLDERS.flatMap((folder) => sourceFiles(`${root}/${folder}`)).map((file) =>
      file.slice(root.length + 1),
    );
    expect(files.filter((file) => moduleOf(file) === undefined)).toEqual([]);
  });

  it.each([...table])('%s has only allowed imports', (module, allowed) => {
    const forbidden = edges.filter((edge) => {
      if (moduleOf(edge.from) !== module || moduleOf(edge.to) === module) return false;
      return !allowed.some((each) => each.module === moduleOf(edge.to) && (!each.typesOnly || edge.typeOnly));
    });
    expect(forbidden.map((edge) => `${edge.from} → ${edge.to}`)).toEqual([]);
  });

  it.each([...table])('%s uses every import that the table allows', (module, allowed) => {
    const used = new Set(edges.filter((edge) => moduleOf(edge.from) === module).map((edge) => moduleOf(edge.to)));
    expect(allowed.map((each) => each.module).filter((each) => !used.has(each))).toEqual([]);
  });

  it('keep the local gateway apart from the construct: it knows a stack only by its assembly', () => {
    const crossing = edges.filter((edge) => edge.from.startsWith('local/') && !edge.to.startsWith('local/'));
    expect(crossing).toEqual([]);
  });

  it('have no circular imports, type imports included', () => {
    expect(edges.length).toBeGreaterThan(1000);
    expect(circularImports(edges).map((circle) => circle.join(' → '))).toEqual([]);
  });
});

describe('the search for circular imports', () => {
  const edgesOf = (...lines: readonly string[]) =>
    lines.map((line) => ({ from: line.slice(0, 1), to: line.slice(-1) }));

  it.each([
    ['none in a diamond', edgesOf('a>b', 'a>c', 'b>d', 'c>d'), []],
    ['a file that imports itself', edgesOf('a>a'), ['aa']],
    ['two files behind a third', edgesOf('a>b', 'b>c', 'c>b'), ['bcb']],
    ['two circles that share a file', edgesOf('a>b', 'b>a', 'a>c', 'c>a'), ['aba', 'aca']],
  ] as const)('finds %s', (_, found, circles) => {
    expect(circularImports(found).map((circle) => circle.join(''))).toEqual(circles);
  });
});

describe('files', () => {
  const lines = [...FOLDERS, 'bench'].flatMap((folder) =>
    sourceFiles(`${root}/${folder}`).map((file) => ({
      file,
      count: readFileSync(file, 'utf8').split('\n').length - 1,
    })),
  );

  it(`hold one concept: none is longer than ${LONGEST_FILE} lines`, () => {
    expect(lines.filter(({ count }) => count > LONGEST_FILE).map(({ file }) => file)).toEqual([]);
  });

  it(`hold a whole concept: the median is ${MEDIAN_LINES.least} to ${MEDIAN_LINES.most} lines`, () => {
    const counts = lines.map(({ count }) => count).sort((a, b) => a - b);
    const median = counts[Math.floor(counts.length / 2)];
    expect(median).toBeGreaterThanOrEqual(MEDIAN_LINES.least);
    expect(median).toBeLessThanOrEqual(MEDIAN_LINES.most);
  });
});
