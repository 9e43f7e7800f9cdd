import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../../../test/support/client.ts';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import {
  codeOf,
  finish,
  hasBegun,
  keepRequesting,
  routesAssembly,
  says,
  type TestRoute,
  waits,
} from '../support/routes.ts';

const STATIC = { code: says('static') };
const COUNTS = `let count = 0; exports.handler = async () => ({ statusCode: 200, body: String(++count) });`;
const assemblyWith = (routes: Readonly<Record<string, TestRoute>>) => routesAssembly({ routes });

const data = temporaryFolder();
const lines: string[] = [];
let gateway: LocalGateway;
let call: Client;
beforeAll(async () => {
  const assembly = assemblyWith({ '/one': { code: says('1') } });
  gateway = await serve({ assembly, data, port: 0, print: (line) => lines.push(line) });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.close());

const textOf = async (path: string) => {
  const { status, text } = await call('GET', path);
  return `${status} ${text}`;
};

describe('an update', () => {
  it('serves other code and other routes at once, at the same addresses with the same credentials', async () => {
    expect([await textOf('/one'), (await call('GET', '/two')).status]).toEqual(['200 1', 403]);
    const before = gateway.ready;
    const ready = await gateway.update({
      assembly: assemblyWith({ '/one': { code: says('2') }, '/two': { code: says('new') } }),
    });
    expect([await textOf('/one'), await textOf('/two')]).toEqual(['200 2', '200 new']);
    const ofStack = { apis: [], logs: [] };
    const paths = gateway.ready.apis.map(({ routes }) => routes.map(({ path }) => path));
    expect([{ ...ready, ...ofStack }, paths]).toEqual([{ ...before, ...ofStack }, [['/one', '/two']]]);
    expect(ready.logs.map(({ name }) => name)).toEqual([
      expect.stringContaining('one'),
      expect.stringContaining('two'),
    ]);
    expect([JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8')), gateway.ready]).toEqual([ready, ready]);
    await gateway.update({ assembly: assemblyWith({ '/two': { code: says('new') } }) });
    expect([(await call('GET', '/one')).status, await textOf('/two')]).toEqual([403, '200 new']);
  });

  it('keeps the warm workers of what did not change, wherever its code is, and starts those that did anew', async () => {
    const routes = { '/same': { code: COUNTS }, '/settings': { code: COUNTS }, '/code': { code: COUNTS } };
    await gateway.update({ assembly: assemblyWith(routes) });
    const read = () => Promise.all(Object.keys(routes).map((path) => textOf(path)));
    expect([await read(), await read()]).toEqual([
      ['200 1', '200 1', '200 1'],
      ['200 2', '200 2', '200 2'],
    ]);
    const changed = { '/settings': { code: COUNTS, environment: { A: '1' } }, '/code': { code: `${COUNTS}//` } };
    await gateway.update({ assembly: assemblyWith({ ...routes, ...changed }) });
    expect(await read()).toEqual(['200 3', '200 1', '200 1']);
  });

  it('loads code from another directory until an update does not name it', async () => {
    const assembly = assemblyWith({ '/one': { code: says('asset') } });
    await gateway.update({ assembly });
    expect(await textOf('/one')).toBe('200 asset');
    const rebuilt = folderOf({
      'index.mjs': `export const handler = async () => ({ statusCode: 200, body: 'rebuilt' });`,
    });
    await gateway.update({ assembly, code: { [codeOf(gateway, '/one')]: rebuilt } });
    expect(await textOf('/one')).toBe('200 rebuilt');
    await gateway.update({ assembly });
    expect(await textOf('/one')).toBe('200 asset');
  });

  it('lets a request in flight end with the code that it began with', async () => {
    const folder = temporaryFolder();
    await gateway.update({ assembly: assemblyWith({ '/slow': { code: waits(folder, 'old') } }) });
    const inFlight = textOf('/slow');
    await expect.poll(() => hasBegun(folder), { timeout: 30_000 }).toBe(true);
    await gateway.update({ assembly: assemblyWith({ '/slow': { code: says('new') } }) });
    expect(await textOf('/slow')).toBe('200 new');
    finish(folder);
    expect(await inFlight).toBe('200 old');
  });

  it('drops no request: fifty in a row, under load on several connections that stay open', async () => {
    const versions = Array.from({ length: 50 }, (_, i) =>
      assemblyWith({ '/one': { code: says(`v${i}`) }, '/s': STATIC }),
    );
    const [first = ''] = versions;
    await gateway.update({ assembly: first });
    const stops = [keepRequesting(gateway, '/one', 4), keepRequesting(gateway, '/s', 2)];
    for (const [i, assembly] of versions.entries()) {
      await gateway.update({ assembly });
      expect(await textOf('/one')).toBe(`200 v${i}`);
    }
    const [changing, still] = await Promise.all(stops.map((stop) => stop()));
    const outcomes = Object.keys(changing?.counts ?? {});
    expect(outcomes.filter((outcome) => !/^200 v\d+$/.test(outcome))).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(10);
    expect(Object.keys(still?.counts ?? {})).toEqual(['200 static']);
    expect([changing?.connections, still?.connections]).toEqual([4, 2]);
  });
});

describe('an update that fails', () => {
  const good = () => gateway.update({ assembly: assemblyWith({ '/one': { code: says('good') } }) });

  it.each([
    ['an assembly that is not there', () => join(temporaryFolder(), 'none'), 'missing-directory'],
    [
      'code that throws when it is loaded',
      () => assemblyWith({ '/one': { code: 'throw new TypeError("no such thing");' } }),
      'function-not-loaded',
    ],
    ['code without a handler', () => assemblyWith({ '/one': { code: 'exports.other = 1;' } }), 'function-not-loaded'],
  ])('because of %s leaves everything as it was', async (_, assembly, code) => {
    await good();
    expect(await textOf('/one')).toBe('200 good');
    const { model } = gateway;
    await expect(gateway.update({ assembly: assembly() })).rejects.toMatchObject({ code });
    expect(await textOf('/one')).toBe('200 good');
    expect(gateway.model).toBe(model);
  });

  it('names the function and the error of its code', async () => {
    await good();
    await textOf('/one');
    const broken = folderOf({ 'index.mjs': 'throw new RangeError("too far");' });
    const assembly = assemblyWith({ '/one': { code: says('good') } });
    await gateway.update({ assembly });
    const code = { [codeOf(gateway, '/one')]: broken };
    await expect(gateway.update({ assembly, code })).rejects.toMatchObject({
      message: expect.stringMatching(/RangeError: too far.*Functionone.*until then/s),
      cause: { name: 'RangeError', stack: expect.stringContaining('index.mjs:1') },
    });
  });
});

describe('updates', () => {
  it('at the same time run one after the other, in their order', async () => {
    const versions = ['a', 'b', 'c'].map((text) => assemblyWith({ '/one': { code: says(text) } }));
    const broken = assemblyWith({ '/one': { code: 'nothing(' } });
    const outcomes = await Promise.allSettled(
      [versions[0], broken, versions[1], versions[2]].map((assembly = '') => gateway.update({ assembly })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await textOf('/one')).toBe('200 c');
  });

  it('end with the gateway, also one that runs', async () => {
    const assembly = assemblyWith({ '/one': { code: says('1') } });
    const own = await serve({ assembly, data: temporaryFolder(), port: 0 });
    expect((await clientOf(own.ready)('GET', '/one')).status).toBe(200);
    const running = [1, 2].map((i) => own.update({ assembly: assemblyWith({ '/one': { code: says(`${i}`) } }) }));
    const outcomes = Promise.allSettled(running);
    await own.close();
    expect((await outcomes).at(-1)).toMatchObject({ status: 'rejected', reason: { message: /closed/ } });
    await expect(own.update({ assembly })).rejects.toThrow(/closed/);
    await expect(clientOf(own.ready)('GET', '/one')).rejects.toThrow(/ECONNREFUSED/);
  });
});
