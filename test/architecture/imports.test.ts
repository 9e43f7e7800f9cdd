import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importsUnder, sourceFiles } from './sources.ts';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const LONGEST_FILE = 300;

interface Road {
  readonly to: string;
  readonly typesOnly: boolean;
}

/** The table of rooms in docs/architecture.md. */
function rooms(): ReadonlyMap<string, readonly Road[]> {
  const text = readFileSync(`${root}/docs/architecture.md`, 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (lib|lambdas|local|bin)[/ ]/.test(line));
  return new Map(
    rows.map((row) => {
      const [room = '', , roads = ''] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      const parsed = roads
        .split(',')
        .map((road) => road.trim())
        .filter(Boolean);
      return [room, parsed.map((road) => ({ to: road.split(' ')[0] ?? '', typesOnly: road.includes('*types*') }))];
    }),
  );
}

const table = rooms();
const names = [...table.keys(), 'local/contracts.ts'];
const roomOf = (file: string) =>
  names.filter((name) => file === name || file.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0];
const edges = ['lib', 'lambdas', 'local', 'bin'].flatMap((folder) => importsUnder(root, folder));

describe('the rooms', () => {
  it('are all in the table of docs/architecture.md', () => {
    expect(table.size).toBeGreaterThanOrEqual(14);
  });

  it.each([...table])('%s imports only along its roads', (room, roads) => {
    const strangers = edges.filter((edge) => {
      if (roomOf(edge.from) !== room || roomOf(edge.to) === room) return false;
      return !roads.some((road) => road.to === roomOf(edge.to) && (!road.typesOnly || edge.typeOnly));
    });
    expect(strangers.map((edge) => `${edge.from} → ${edge.to}`)).toEqual([]);
  });

  it.each([...table])('%s uses every road that the table gives it', (room, roads) => {
    const used = new Set(edges.filter((edge) => roomOf(edge.from) === room).map((edge) => roomOf(edge.to)));
    expect(roads.map((road) => road.to).filter((to) => !used.has(to))).toEqual([]);
  });

  it('keep the local gateway apart from the construct: it knows a stack only by its assembly', () => {
    const crossing = edges.filter((edge) => edge.from.startsWith('local/') && !edge.to.startsWith('local/'));
    expect(crossing).toEqual([]);
  });
});

describe('files', () => {
  it(`hold one concept: none is longer than ${LONGEST_FILE} lines`, () => {
    const long = ['bin', 'lib', 'lambdas', 'local', 'bench'].flatMap((folder) =>
      sourceFiles(`${root}/${folder}`).filter(
        (file) => readFileSync(file, 'utf8').split('\n').length > LONGEST_FILE + 1,
      ),
    );
    expect(long).toEqual([]);
  });
});
