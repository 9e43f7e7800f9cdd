import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevProject, devProject, handler } from '../support/devProject.ts';
import { folderOf, root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

let project: DevProject;
beforeAll(async () => {
  project = await devProject();
});
afterAll(async () => {
  await project.gateway.stop();
});

const says = (text: string) => (response: { readonly status: number; readonly text: string }) =>
  response.status === 200 && response.text === JSON.stringify({ text });

describe('secure-api dev serves what is saved', () => {
  it('a handler, without running the app again', async () => {
    const mark = project.mark();
    project.write('handlers/hello.ts', handler('hello', "{ text: 'saved' }"));
    await project.until('GET', '/hello', says('saved'));
    expect(await project.printed(/handlers\/hello\.ts: serving the new hello/, mark)).not.toContain('of the app');
  });

  it('a module that a handler has imported only now, and one that it imports by another one', async () => {
    mkdirSync(join(project.folder, 'logic'));
    project.write('logic/inner.ts', "export const inner = (): string => String(process.pid > 0) + ' inner';\n");
    project.write('logic/outer.ts', "import { inner } from './inner.ts';\nexport const outer = () => inner();\n");
    project.write(
      'handlers/hello.ts',
      handler('hello', '{ text: outer() }', "import { outer } from '../logic/outer.ts';\n"),
    );
    await project.until('GET', '/hello', says('true inner'));
    project.edit('logic/inner.ts', "+ ' inner'", "+ ' deep'");
    await project.until('GET', '/hello', says('true deep'));
  });

  it('a role: what it has lost is denied at once, also where the decision was cached', async () => {
    const writer = await project.gateway.token('writer');
    const add = () => project.call('POST', '/notes', { token: writer, body: { text: 'a' } });
    expect((await add()).status).toBe(200);
    project.edit(
      'definition.ts',
      "writer: { can: ['note:write'] }",
      "writer: { can: ['note:read'] }, chief: { can: ['note:write'] }",
    );
    await expect.poll(async () => (await add()).status, { timeout: 20_000 }).toBe(403);
    project.edit('definition.ts', "writer: { can: ['note:read'] }, chief", "writer: { can: ['note:write'] }, chief");
    await expect.poll(async () => (await add()).status, { timeout: 20_000 }).toBe(200);
  });

  it('a schema, a path and the app', async () => {
    const token = await project.gateway.token('writer');
    const add = async (text: string) => (await project.call('POST', '/notes', { token, body: { text } })).status;
    expect(await add('x'.repeat(21))).toBe(400);
    project.edit('definition.ts', 'maxLength: 20', 'maxLength: 30');
    await expect.poll(() => add('x'.repeat(21)), { timeout: 20_000 }).toBe(200);
    project.edit('definition.ts', "get('/hello'", "get('/greeting'");
    await project.until('GET', '/greeting', ({ status }) => status === 200);
    expect((await project.call('GET', '/hello')).status).toBe(404);
    project.edit('definition.ts', "get('/greeting'", "get('/hello'");
    project.edit('app.ts', 'identity: ', "problemTypeBase: 'https://docs.example.com/problems/', identity: ");
    await expect
      .poll(async () => (await project.call('GET', '/nothing')).text, { timeout: 20_000 })
      .toContain('https://docs.example.com/problems/');
  });

  it('nothing for a file that is written with the same content', async () => {
    const mark = project.mark();
    project.write('definition.ts', project.read('definition.ts'));
    project.write('handlers/addNote.ts', project.read('handlers/addNote.ts'));
    await sleep(200);
    project.write('handlers/hello.ts', handler('hello', "{ text: 'the only one' }"));
    await project.until('GET', '/hello', says('the only one'));
    const serving =
      project.gateway
        .output()
        .slice(mark)
        .match(/[Ss]erving .*/g) ?? [];
    expect(serving).toHaveLength(1);
  });
});

describe('a broken change is reported, and the last version that worked is served on', () => {
  const works = () => project.until('GET', '/hello', ({ status }) => status === 200);

  it.each([
    [
      'a syntax error of a handler',
      'handlers/addNote.ts',
      /$/,
      'export const = 1;',
      /bundle-failed .*handlers\/addNote\.ts:2/,
    ],
    ['a handler for another route', 'handlers/addNote.ts', "'addNote'", "'hello'", /handler-of-other-route/],
    [
      'a handler that imports what is not there',
      'handlers/addNote.ts',
      /^/,
      "import '../gone.ts';\n",
      /bundle-failed .*gone\.ts/,
    ],
    ['a wrong definition', 'definition.ts', 'rate: 5000', 'rate: -5', /tier-invalid at tiers\.free\.rate/],
    ['a syntax error of the definition', 'definition.ts', /$/, '}', /definition\.ts/],
    [
      'an exception of the app',
      'app.ts',
      /$/,
      "throw new Error('of the app');",
      /The CDK app failed: Error: of the app \(app\.ts:\d+:7\)/,
    ],
    ['a wrong prop', 'app.ts', "handlers: './handlers'", "handlers: './nowhere'", /handlers-directory/],
  ])('%s', async (_, file, part, by, message) => {
    const good = project.read(file);
    const mark = project.mark();
    project.edit(file, part, by);
    const text = await project.printed(/Still serving/, mark).finally(() => project.write(file, good));
    expect(text).toMatch(message);
    await works();
    await project.printed(/the error is fixed/, mark);
    await works();
  });

  it('a handler that throws when it is loaded, with its line and without its secrets', async () => {
    const good = project.read('handlers/addNote.ts');
    const mark = project.mark();
    project.edit(
      'handlers/addNote.ts',
      /^/,
      "throw new RangeError('no table at postgres://ada:hunter2@db, password=hunter2');\n",
    );
    const text = await project.printed(/Still serving/, mark).finally(() => project.write('handlers/addNote.ts', good));
    expect(text).toMatch(
      /error function-not-loaded: found RangeError: no table at postgres:\/\/\[redacted\]@db, password=/,
    );
    expect(text).toMatch(/\n {2}at <anonymous> \(handlers\/addNote\.ts:1:7\)\n/);
    expect(text).toMatch(/\n {2}> 1 \| throw new RangeError\('no table .*\n {6}\| {7}\^\n {4}2 \| /);
    expect(text).not.toContain('hunter2');
    await project.printed(/the error is fixed/, mark);
    await works();
  });

  it('a handler that is renamed, and one that a route has only now', async () => {
    const path = (name: string) => join(project.folder, 'handlers', name);
    let mark = project.mark();
    renameSync(path('addNote.ts'), path('addnote.ts'));
    expect(await project.printed(/Still serving/, mark)).toMatch(
      /handlers-missing .*Rename addnote\.ts to addNote\.ts/,
    );
    mark = project.mark();
    renameSync(path('addnote.ts'), path('addNote.ts'));
    await project.printed(/the error is fixed/, mark);
    mark = project.mark();
    project.edit(
      'definition.ts',
      'routes: {',
      "routes: {\n    other: get('/other', { public: 'for a test only', responses: { 200: { description: 'x', body: Note } } }),",
    );
    expect(await project.printed(/Still serving/, mark)).toMatch(/Add other\.ts/);
    project.write('handlers/other.ts', handler('other', "{ text: 'new' }"));
    await project.until('GET', '/other', says('new'));
  });

  it('a module that a handler imports only now, until its syntax error is fixed', async () => {
    const good = project.read('handlers/hello.ts');
    const mark = project.mark();
    project.write('logic/later.ts', 'export const later = ;\n');
    project.write(
      'handlers/hello.ts',
      handler('hello', '{ text: later() }', "import { later } from '../logic/later.ts';\n"),
    );
    expect(await project.printed(/Still serving/, mark)).toMatch(/logic\/later\.ts:1/);
    project.write('logic/later.ts', "export const later = () => String(process.pid > 0) + ' later';\n");
    await project.until('GET', '/hello', says('true later'));
    project.write('handlers/hello.ts', good);
    await works();
  });

  it('a module of the app that is missing until it is written', async () => {
    const mark = project.mark();
    project.edit('app.ts', /^/, "import './later.ts';\n");
    expect(await project.printed(/Still serving/, mark)).toMatch(/later\.ts/);
    project.write('later.ts', 'export {};\n');
    await project.printed(/the error is fixed/, mark);
    rmSync(join(project.folder, 'later.ts'));
    project.edit('app.ts', "import './later.ts';\n", '');
    await works();
  });
});

describe('what is odd', () => {
  it('a handler that is a pipe is missing, and stops nothing', async () => {
    const path = join(project.folder, 'handlers/addNote.ts');
    const good = project.read('handlers/addNote.ts');
    const mark = project.mark();
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(await project.printed(/Still serving/, mark)).toMatch(/handlers-missing .*addNote/);
    await project.until('GET', '/hello', ({ status }) => status === 200);
    rmSync(path);
    project.write('handlers/addNote.ts', good);
    await project.printed(/the error is fixed/, mark);
  });

  it('a file that is empty while it is saved is never served', async () => {
    let isDone = false;
    const statuses = new Set<number>();
    const client = async () => {
      while (!isDone) statuses.add((await project.call('GET', '/hello')).status);
    };
    const clients = [client(), client()];
    for (let save = 0; save < 150; save++) {
      project.write('handlers/hello.ts', '');
      await sleep(4);
      project.write('handlers/hello.ts', handler('hello', `{ text: 'save ${save}' }`));
      await sleep(8);
    }
    await project.until('GET', '/hello', says('save 149'));
    isDone = true;
    await Promise.all(clients);
    expect([...statuses]).toEqual([200]);
  });

  it('a data directory that was removed in part is made again', async () => {
    // `dev` may be writing there.
    const options = { recursive: true, maxRetries: 10, retryDelay: 50 };
    for (const name of ['build', 'assembly']) rmSync(join(project.gateway.ready.data, name), options);
    project.write('handlers/hello.ts', handler('hello', "{ text: 'again' }"));
    await project.until('GET', '/hello', says('again'));
  });
});

it('ends with the app that it runs at the start, when it is interrupted', async () => {
  const folder = folderOf({
    'cdk.json': '{ "app": "node app.ts" }',
    'app.ts': "import { writeFileSync } from 'node:fs'; for (;;) writeFileSync('beat', String(process.hrtime()));\n",
  });
  const child = spawn(process.execPath, [join(root, 'bin/secure-api.js'), 'dev', '--port', '0'], { cwd: folder });
  const ended = once(child, 'exit');
  const beat = () => (existsSync(join(folder, 'beat')) ? readFileSync(join(folder, 'beat'), 'utf8') : '');
  await expect.poll(beat, { timeout: 30_000 }).not.toBe('');
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
  const last = beat();
  await sleep(300);
  expect(beat()).toBe(last);
});

it.each([
  ['data-in-use', 'its data directory', () => ['--port', '0', '--data', project.gateway.ready.data]],
  ['port-in-use', 'its port', () => ['--port', new URL(project.gateway.ready.url).port]],
])(
  'reports %s without waiting for the app, when another gateway uses %s, and leaves nothing',
  async (code, _, args) => {
    const hanging = folderOf({ 'cdk.json': '{ "app": "node app.ts" }', 'app.ts': 'setInterval(() => {}, 1000);\n' });
    const { stderr, code: exitCode } = await cli(['dev', '--no-watch', ...args()], hanging);
    expect([stderr.split('\n').at(-2), exitCode]).toEqual([expect.stringContaining(`error ${code}: `), 1]);
    const assemblies = args().includes('--data') ? project.gateway.ready.data : join(hanging, '.secure-api');
    const left = existsSync(join(assemblies, 'assembly')) ? readdirSync(join(assemblies, 'assembly')) : [];
    expect(left.filter((name) => !name.startsWith(`${project.gateway.process.pid}-`))).toEqual([]);
    expect((await project.call('GET', '/hello')).status).toBe(200);
  },
);

it('ends an app that hangs when a fix is saved', async () => {
  const good = project.read('app.ts');
  const mark = project.mark();
  project.edit('app.ts', /$/, 'for (;;);\n');
  await project.printed(/The app has not ended for 10 s/, mark);
  project.write('app.ts', good);
  await project.printed(/Serving the new version of the app/, mark);
});

it('drops no request while fifty edits are saved in a row', async () => {
  let isDone = false;
  const statuses = new Map<string, number>();
  const count = (status: string) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const client = async () => {
    while (!isDone) {
      const { status } = await project.call('GET', '/hello').catch((error: Error) => ({ status: error.message }));
      count(String(status));
    }
  };
  const clients = [client(), client(), client(), client()];
  const mark = project.mark();
  for (let edit = 1; edit <= 50; edit++) {
    if (edit % 10 === 0) project.edit('definition.ts', /version: '[^']*'/, `version: '1.0.${edit}'`);
    else project.write('handlers/hello.ts', handler('hello', `{ text: 'edit ${edit}' }`));
    await sleep(edit % 7 === 0 ? 400 : 100);
  }
  await project.until('GET', '/hello', says('edit 49'));
  isDone = true;
  await Promise.all(clients);
  expect([...statuses.keys()]).toEqual(['200']);
  expect(statuses.get('200')).toBeGreaterThan(100);
  expect(project.gateway.output().slice(mark)).not.toContain('Still serving');
});
