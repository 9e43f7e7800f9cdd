import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
type Manifest = Readonly<
  Record<'dependencies' | 'devDependencies' | 'peerDependencies', Record<string, string> | undefined>
>;
const manifest = (path: string) => JSON.parse(readFileSync(`${root}${path}`, 'utf8')) as Manifest;
const main = manifest('package.json');
const local = manifest('local/package.json');

/** Package names in the table under a heading of docs/dependencies.md. */
function listed(heading: string): readonly string[] {
  const text = readFileSync(`${root}docs/dependencies.md`, 'utf8');
  const section = text.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \| \S/gm)].map((match) => match[1] ?? '').sort();
}

const names = (of: Record<string, string> | undefined) => Object.keys(of ?? {}).sort();

it.each([
  ['secure-api: what it needs to run', names(main.dependencies)],
  ['secure-api: peers', names(main.peerDependencies)],
  ['secure-api-local', names(local.dependencies)],
  ['Development', names(main.devDependencies)],
])('docs/dependencies.md gives a reason for each package under "%s"', (heading, expected) => {
  expect(listed(heading)).toEqual(expected);
});

it('every version that is not a peer is exact', () => {
  const versions = [main.dependencies, main.devDependencies, local.dependencies].flatMap((all) =>
    Object.entries(all ?? {}),
  );
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
