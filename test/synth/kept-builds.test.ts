import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Type } from 'typebox';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BUILD_FOLDER } from '../../lib/bundle/buildFolder.ts';
import { codeFile } from '../../lib/bundle/keptBuilds.ts';
import { PLANS_FOLDER, readPlans } from '../../lib/bundle/plans.ts';
import { rebuild } from '../../lib/bundle/rebuild.ts';
import { removeOldBuilds } from '../../lib/bundle/removeOldBuilds.ts';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, get, object } from '../../lib/index.ts';
import { temporaryFolder } from '../support/folders.ts';

let folder = '';
let builds = '';
beforeEach(() => {
  folder = temporaryFolder();
  builds = join(folder, 'builds');
  write('handlers/one.ts', handler('one', "'1'"));
  write('handlers/two.ts', handler('two', 'text()'));
  write('text.ts', "export const text = () => process.version + '2';\n");
});
afterEach(() => {
  process.env[BUILD_FOLDER] = 'off';
});

it('gives the same assembly with kept builds as without', () => {
  const plain = synth(false);
  expect(synth(true)).toEqual(plain);
  expect(synth(true)).toEqual(plain);
});

it('bundles again only the functions with a file that has changed, wherever it is imported', () => {
  synth(true);
  const before = kept();
  write('text.ts', "export const text = () => process.version + 'changed';\n");
  const [plan] = readPlans(join(builds, 'plans'));
  if (plan === undefined) throw new Error('There is no plan.');
  const after = rebuild(plan, builds);
  const changed = Object.keys(after.hashes).filter((name) => after.hashes[name] !== plan.hashes[name]);
  expect(changed).toEqual([join('groups', 'two')]);
  const hash = after.hashes[join('groups', 'two')] ?? '';
  expect(kept()).toEqual([...before, hash].sort());
  expect(readFileSync(codeFile(builds, hash), 'utf8')).toContain('changed');
  expect(synth(true)).toEqual(synth(false));
});

it('keeps a source map that leads to the lines of the sources, also in a folder whose name a URL encodes', () => {
  write('part #1/text.ts', "export const part = () => process.version + '#1';\n");
  write('text.ts', "import { part } from './part #1/text.ts';\nexport const text = () => part() + '2';\n");
  synth(true);
  const [plan] = readPlans(join(builds, 'plans'));
  const hash = plan?.hashes[join('groups', 'two')] ?? '';
  const map = JSON.parse(readFileSync(join(builds, 'maps', `${hash}.map`), 'utf8'));
  const sources = ['handlers/two.ts', 'text.ts', 'part #1/text.ts'].map(
    (path) => pathToFileURL(join(folder, path)).href,
  );
  expect(map.sources).toEqual(expect.arrayContaining(sources));
  const code = readFileSync(codeFile(builds, hash));
  expect(createHash('sha256').update(code).digest('hex')).toBe(hash);
  expect(code.toString()).not.toContain('sourceMappingURL');
});

it('removes what is kept beyond a total size, and builds it again when it is needed', () => {
  const first = synth(true);
  removeOldBuilds(builds, { maxBytes: 1, minAgeMs: 0 });
  for (const kind of ['builds', 'code', 'maps']) expect(readdirSync(join(builds, kind))).toEqual([]);
  expect(synth(true)).toEqual(first);
});

it('fails to build again where the code cannot be kept, because it is served from there', () => {
  synth(true);
  const [plan] = readPlans(join(builds, 'plans'));
  if (plan === undefined) throw new Error('There is no plan.');
  write('text.ts', "export const text = () => 'changed';\n");
  rmSync(join(builds, 'code'), { recursive: true });
  write('builds/code', 'a file');
  expect(() => rebuild(plan, builds)).toThrow(
    /^file-unreadable at .+: found the code of groups.two could not be written/,
  );
});

it('names the files that change a function', () => {
  synth(true);
  const [plan] = readPlans(join(builds, 'plans'));
  expect(plan?.files).toEqual(expect.arrayContaining([join(folder, 'handlers/one.ts'), join(folder, 'text.ts')]));
  expect(plan?.files.filter((file) => file.includes('node_modules'))).toEqual([]);
});

it('rejects a handler that is broken when it is built again, as a synth does', () => {
  synth(true);
  const [plan] = readPlans(join(builds, 'plans'));
  if (plan === undefined) throw new Error('There is no plan.');
  write('handlers/two.ts', handler('one', "'1'"));
  expect(() => rebuild(plan, builds)).toThrow(/handler-of-other-route/);
  write('handlers/two.ts', 'export const handler = ;');
  expect(() => rebuild(plan, builds)).toThrow(/bundle-failed at handlers: found .*two\.ts:1:24: Unexpected ";"/);
});

function handler(id: string, value: string): string {
  const fn = `() => ({ status: 200, body: { text: ${value} } })`;
  return `import { text } from '../text.ts';\nexport const handler = { route: '${id}', fn: ${fn} };\n`;
}

function write(name: string, source: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), source);
}

function kept(): readonly string[] {
  return readdirSync(join(builds, 'code')).sort();
}

/** Synthesizes, and gives the contents of the assembly by its files. */
function synth(isKept: boolean): Readonly<Record<string, string>> {
  rmSync(join(builds, 'plans'), { recursive: true, force: true });
  process.env[PLANS_FOLDER] = join(builds, 'plans');
  if (isKept) process.env[BUILD_FOLDER] = builds;
  else process.env[BUILD_FOLDER] = 'off';
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const body = object({ text: Type.String({ maxLength: 20 }) });
  const route = <P extends `/${string}`>(path: P) =>
    get(path, { public: 'for a test only', responses: { 200: { description: 'A text', body } } });
  const definition = defineApi({
    name: 'kept',
    version: '1.0.0',
    roles: defineRoles({ reader: { can: [] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
    routes: { one: route('/one'), two: route('/two') },
  });
  const handlers = join(folder, 'handlers');
  new SecureApi(new Stack(app, 'Kept'), 'Api', { definition, handlers, identity: Identity.cognito() });
  app.synth();
  const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(template\.json|assets\.json|mjs)$/.test(name),
  );
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(outdir, name), 'utf8')]));
}
