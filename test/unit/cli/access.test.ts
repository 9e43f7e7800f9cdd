import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderOf, writeFiles } from '../../support/folders.ts';
import { sampleAssembly } from '../../support/sampleAssembly.ts';
import { access, commitAll, definitionOf, TODAY, tokenOf } from './access.support.ts';

const API = ['--definition', 'api.mjs'];
const WIDER = { editor: ['note:write', 'note:delete'] };

describe('every access command', () => {
  it.each(['matrix', 'diff', 'review', 'who-can', 'explain'])(
    '%s has help with examples and exit codes',
    async (name) => {
      const { code, stdout } = await access([name, '--help']);
      expect(code).toBe(0);
      for (const words of ['Examples:', `secure-api access ${name}`, 'Exit codes:', '--json', '--definition']) {
        expect(stdout).toContain(words);
      }
    },
  );

  it.each([
    ['nothing to compare with', ['diff'], 'option-missing'],
    ['a ref that is none', ['diff', 'no-such-branch'], 'git-ref-unknown'],
    ['an option of git as ref', ['diff', '--', '--output=/tmp/x'], 'git-ref-unknown'],
    ['a folder that is no assembly', ['diff', 'docs'], 'file-unreadable'],
    ['a file that is no template', ['diff', 'README.md'], 'file-unreadable'],
    ['a template without access', ['diff', 'package.json'], 'option-invalid'],
    ['a permission that nobody has', ['who-can', 'document:burn'], 'option-invalid'],
    ['a route that is none', ['explain', '--token', 'package.json', '--route', 'burn'], 'option-invalid'],
    ['a token that is not there', ['explain', '--token', 'nowhere', '--route', 'health'], 'file-unreadable'],
    ['a token that is none', ['explain', '--token', 'package.json', '--route', 'health'], 'file-unreadable'],
    ['a reviewer without a name', ['review', '--reviewer', ' '], 'option-invalid'],
    ['a day that is none', ['review', '--reviewer', 'Ada', '--date', '2026-02-31'], 'option-invalid'],
    ['a day to come', ['review', '--reviewer', 'Ada', '--date', '2999-01-01'], 'option-invalid'],
  ])('says what is wrong with %s, and exits 2', async (_, args, error) => {
    const [name = '', ...rest] = args;
    const { code, stdout, stderr } = await access([name, '--json', ...rest]);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: error, fix: expect.any(String) } });
  });
});

describe('access matrix', () => {
  it('knows no other format', async () => {
    const { code, stdout, stderr } = await access(['matrix', '--format', 'pdf']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('expected text, json, csv, markdown, html');
  });

  it('writes every format', async () => {
    const formats = ['text', 'json', 'csv', 'markdown', 'html'];
    const told = await Promise.all(formats.map((format) => access(['matrix', '--format', format])));
    expect(told.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const [text = '', json = '', csv = '', markdown = '', html = ''] = told.map(({ stdout }) => stdout);
    expect(text).toContain('deleteDocument');
    expect(JSON.parse(json)).toMatchObject({ api: 'documents', roles: ['viewer', 'editor', 'manager', 'admin'] });
    expect(csv.split('\r\n')[1]).toMatch(/^viewer,health,GET,/);
    expect(markdown).toBe(readFileSync('docs/access-matrix.md', 'utf8'));
    expect(html).toMatch(/^<!doctype html>/);
  });
});

describe('access diff against a git ref', () => {
  it('exits 3 and says who gains when a change widens a role', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf() });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf(WIDER) });
    const { code, stdout } = await access(['diff', 'main', ...API], { cwd: folder });
    expect(code).toBe(3);
    expect(stdout).toBe(`notes: access compared with main

Grants
  + editor gains the permission note:delete.
  + editor may now call drop (DELETE /notes).

Somebody gains by this change: have it reviewed.
`);
  });

  it('exits 0 when it narrows or changes nothing', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf(WIDER) });
    const git = commitAll(folder);
    const same = await access(['diff', 'HEAD', ...API], { cwd: folder });
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('Nobody may do more or less than before.')]);
    writeFiles(folder, { 'api.mjs': definitionOf() });
    git(['commit', '--all', '--quiet', '--message=second']);
    const { code, stdout } = await access(['diff', 'HEAD~1', ...API, '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      before: 'HEAD~1',
      after: 'definition',
      widens: false,
      changes: [
        { effect: 'narrows', sentence: 'editor loses the permission note:delete.', roles: ['editor'] },
        {
          effect: 'narrows',
          sentence: 'editor may no longer call drop (DELETE /notes).',
          route: 'drop',
          roles: ['editor'],
        },
      ],
    });
  });

  it('leaves checkout, index and worktrees as they are, runs no hook, and leaves no folder behind', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf(), 'other.txt': 'before' });
    const git = commitAll(folder);
    writeFileSync(join(folder, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch hooked\n', { mode: 0o755 });
    writeFiles(folder, { 'other.txt': 'staged', 'api.mjs': definitionOf(WIDER), 'new.txt': 'untracked' });
    git(['add', 'other.txt']);
    writeFiles(folder, { 'other.txt': 'changed again' });
    const stateOf = () => [
      git(['status', '--porcelain']),
      git(['worktree', 'list']),
      git(['ls-files', '--stage']),
      readdirSync(folder).sort(),
      readFileSync(join(folder, 'other.txt'), 'utf8'),
    ];
    const before = stateOf();
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('secure-api-ref-'));
    const others = left();
    // A hook of git names an index of its own.
    const env = { GIT_INDEX_FILE: join(folder, '.git/index-of-a-hook'), GIT_DIR: join(folder, '.git') };
    expect((await access(['diff', 'main', ...API], { cwd: folder, env })).code).toBe(3);
    expect(stateOf()).toEqual(before);
    expect(existsSync(join(folder, '.git/index-of-a-hook'))).toBe(false);
    expect(left().filter((name) => !others.includes(name))).toEqual([]);
  });

  it('finds the definition in a folder below, its helpers of that commit, and the installed packages', async () => {
    const using = (from: string) =>
      definitionOf({ head: `import { editor } from '${from}'; import 'installed';`, editor: ['x:y'] }).replace(
        '["x:y"]',
        'editor',
      );
    const folder = folderOf({
      'service/src/api.mjs': using('./editor.mjs'),
      'service/src/editor.mjs': "export const editor = ['note:write'];",
      'service/package.json': '{ "secure-api": { "definition": "src/api.mjs" } }',
      '.gitignore': 'node_modules\n',
      'service/node_modules/installed/package.json': '{ "name": "installed", "exports": "./index.mjs" }',
      'service/node_modules/installed/index.mjs': '',
    });
    commitAll(folder);
    writeFiles(folder, { 'service/src/editor.mjs': `export const editor = ${JSON.stringify(WIDER.editor)};` });
    const { code, stdout } = await access(['diff', 'main'], { cwd: join(folder, 'service') });
    expect([code, stdout]).toEqual([3, expect.stringContaining('editor gains the permission note:delete')]);
  });

  it('says that the definition is not in the commit, or that there is no repository', async () => {
    const folder = folderOf({ 'old.mjs': definitionOf() });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf() });
    const told = await access(['diff', 'main', ...API], { cwd: folder });
    expect([told.code, told.stderr]).toEqual([2, expect.stringMatching(/git-ref-unknown.*no file api\.mjs in it/)]);
    const none = await access(['diff', 'main', ...API], { cwd: folderOf({ 'api.mjs': definitionOf() }) });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('neither a file nor a git repository')]);
  });

  it('compares strict definitions whose reviews are overdue, then and now', async () => {
    const overdue = { review: "{ reviewed: '2020-01-01' }", more: 'strict: true,' };
    const folder = folderOf({ 'api.mjs': definitionOf(overdue) });
    commitAll(folder);
    writeFiles(folder, { 'api.mjs': definitionOf({ ...overdue, ...WIDER }) });
    const { code, stdout } = await access(['diff', 'main', ...API], { cwd: folder });
    expect([code, stdout]).toEqual([3, expect.stringContaining('editor gains')]);
  });
});

describe('access diff against what is deployed', () => {
  let assembly: string;
  let narrower: string;

  /** The template of the sample's stack, maybe with another access. */
  const template = (change: (access: { roles: Record<string, string[]> }) => void = () => {}) => {
    const read = JSON.parse(readFileSync(join(assembly, 'Documents.template.json'), 'utf8'));
    const resources = Object.values(read.Resources) as { Metadata?: { 'secure-api'?: { access?: never } } }[];
    const told = resources.find(({ Metadata }) => Metadata?.['secure-api']?.access)?.Metadata?.['secure-api']?.access;
    if (told === undefined) throw new Error('the template tells no access');
    change(told);
    return JSON.stringify(read);
  };
  beforeAll(async () => {
    assembly = await sampleAssembly();
    narrower = template((told) => {
      told.roles['manager'] = [];
    });
  });
  const gains = 'manager gains the permissions document:create, document:publish';

  it('reads an assembly', async () => {
    for (const more of [[], ['--stack', 'Documents']]) {
      const { code, stdout } = await access(['diff', assembly, ...more]);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Nobody may do more or less')]);
    }
    expect(await access(['diff', assembly, '--stack', 'Other'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('option-invalid'),
    });
    const changed = folderOf({ 'Documents.template.json': narrower });
    copyFileSync(join(assembly, 'manifest.json'), join(changed, 'manifest.json'));
    expect(await access(['diff', changed])).toMatchObject({ code: 3, stdout: expect.stringContaining(gains) });
  });

  it('reads a template file, and refuses that of another API', async () => {
    const folder = folderOf({ 'deployed.json': narrower, 'api.mjs': definitionOf() });
    const file = join(folder, 'deployed.json');
    expect(await access(['diff', file])).toMatchObject({ code: 3, stdout: expect.stringContaining(gains) });
    expect(await access(['diff', file, ...API], { cwd: folder })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('found the access of documents; expected that of notes'),
    });
  });

  it('reads the template of a stack by the CloudFormation API', async () => {
    const asked: string[] = [];
    const escaped = narrower.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        asked.push(body);
        const known = new URLSearchParams(body).get('StackName') === 'Documents';
        const answer = known
          ? `<GetTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><GetTemplateResult><TemplateBody>${escaped}</TemplateBody></GetTemplateResult></GetTemplateResponse>`
          : '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id Other does not exist</Message></Error></ErrorResponse>';
        response.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(answer);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = {
      AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
    };
    const found = await access(['diff', '--stack', 'Documents', '--region', 'eu-west-1'], { env });
    const missing = await access(['diff', '--stack', 'Other', '--region', 'eu-west-1', '--json'], { env });
    server.close();
    expect(found).toMatchObject({ code: 3, stderr: '' });
    expect(found.stdout).toContain('documents: access compared with the deployed stack Documents');
    expect(found.stdout).toContain(gains);
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toMatchObject({
      Action: 'GetTemplate',
      StackName: 'Documents',
    });
    expect([missing.code, missing.stdout]).toEqual([1, '']);
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { message: 'Stack with id Other does not exist' } });
  });
});

describe('access review', () => {
  const imported = {
    head: "import review from './access-review.json' with { type: 'json' };",
    review: 'review',
  };
  const reviewed = async (definition = {}) => {
    const folder = folderOf({ 'api.mjs': definitionOf(definition) });
    const first = await access(['review', '--reviewer', 'Ada Lovelace', '--date', TODAY, ...API], {
      cwd: folder,
    });
    writeFiles(folder, { 'api.mjs': definitionOf({ ...definition, ...imported }) });
    return { folder, first, file: join(folder, 'access-review.json') };
  };

  it('records reviewer, day and content beside the definition, and says how to import it', async () => {
    const { first, file, folder } = await reviewed();
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("with { type: 'json' }") });
    expect(first.stdout).toBe(`Recorded in access-review.json: Ada Lovelace reviewed notes on ${TODAY}.\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      reviewed: TODAY,
      reviewEveryDays: 90,
      reviewer: 'Ada Lovelace',
      contentHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    const due = new Date(Date.parse(TODAY) + 90 * 86_400_000).toISOString().slice(0, 10);
    const held = await access(['review', '--strict', ...API], { cwd: folder });
    expect(held).toEqual({
      code: 0,
      stdout: `notes: reviewed ${TODAY} by Ada Lovelace, due ${due}. It holds.\n`,
      stderr: '',
    });
    // Recorded again, there is nothing to import.
    expect((await access(['review', '--reviewer', 'Bea', ...API], { cwd: folder })).stderr).toBe('');
  });

  it('warns when the access is another than what was reviewed, and fails under --strict', async () => {
    const { folder } = await reviewed();
    writeFiles(folder, { 'api.mjs': definitionOf({ ...imported, ...WIDER }) });
    const warned = await access(['review', ...API], { cwd: folder });
    expect(warned).toMatchObject({ code: 0, stdout: expect.stringContaining('It does not hold.') });
    expect(warned.stderr).toMatch(/^review-outdated at roles\.contentHash/);
    const strict = await access(['review', '--strict', '--json', ...API], { cwd: folder });
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      holds: false,
      reviewer: 'Ada Lovelace',
      faults: [{ code: 'review-outdated' }],
    });
  });

  it('warns when the review is overdue, also of a definition that is strict about it', async () => {
    for (const more of ['', 'strict: true,']) {
      const folder = folderOf({ 'api.mjs': definitionOf({ review: "{ reviewed: '2020-01-01' }", more }) });
      const warned = await access(['review', ...API], { cwd: folder });
      expect(warned).toMatchObject({ code: 0, stderr: expect.stringMatching(/^review-overdue/) });
      expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(1);
      expect((await access(['matrix', ...API], { cwd: folder })).code).toBe(0);
    }
  });

  it('lets a strict definition be reviewed again', async () => {
    const { folder } = await reviewed({ more: 'strict: true,' });
    const wider = definitionOf({ ...imported, ...WIDER, more: 'strict: true,' });
    writeFiles(folder, { 'api.mjs': wider });
    expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(1);
    expect((await access(['review', '--reviewer', 'Ada', ...API], { cwd: folder })).code).toBe(0);
    expect((await access(['review', '--strict', ...API], { cwd: folder })).code).toBe(0);
  });

  it('warns of a record that the definition does not import, and of one that is no record', async () => {
    const { folder, file } = await reviewed();
    writeFiles(folder, { 'api.mjs': definitionOf() });
    const unused = await access(['review', '--strict', ...API], { cwd: folder });
    expect(unused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^review-record-invalid at access-review\.json/),
    });
    writeFileSync(file, 'no record');
    expect(await access(['review', ...API], { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('file-unreadable'),
    });
  });

  it('keeps the record where it is told to', async () => {
    const folder = folderOf({ 'api.mjs': definitionOf() });
    mkdirSync(join(folder, 'audit'));
    const args = ['review', '--reviewer', 'Ada', '--file', 'audit/review.json', '--json', ...API];
    const { code, stdout } = await access(args, { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: join(folder, 'audit/review.json'), reviewer: 'Ada' });
    expect(existsSync(join(folder, 'access-review.json'))).toBe(false);
  });
});

describe('access who-can', () => {
  it('tells roles with their inheritance, and routes', async () => {
    const { stdout } = await access(['who-can', 'document:publish']);
    expect(stdout).toBe(`document:publish

Roles
  manager
  admin → manager

Routes
  POST /documents/{id}/publish (publishDocument): document:publish
`);
  });

  it('takes a route for the permission that it asks for, and tells what asks for none', async () => {
    const { stdout } = await access(['who-can', 'deleteDocument', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      permission: 'document:delete',
      roles: [{ role: 'admin', path: ['admin'] }],
      routes: [{ id: 'deleteDocument' }],
    });
    expect((await access(['who-can', 'health'])).stdout).toContain('GET /health (health): nothing (public)');
    expect((await access(['who-can', 'report:read'])).stdout).toContain('Routes\n  none');
  });
});

describe('access explain', () => {
  const soon = Math.floor(Date.now() / 1000) + 300;
  const claims = { iss: 'https://i', sub: 'user-1', exp: soon, roles: ['editor', 'ghost'] };
  const explain = (token: string, route: string, more: readonly string[] = []) =>
    access(['explain', '--token', '-', '--route', route, ...more], { input: `Bearer ${token}\n` });

  it('walks the decision, says that nothing was verified, and exits 1 for a refusal', async () => {
    const token = tokenOf(claims);
    const { code, stdout, stderr } = await explain(token, 'deleteDocument');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(`Token: iss "https://i", sub "user-1"
The signature was not checked: whoever wrote the file may have written anything.

  · deleteDocument is DELETE /documents/{id}; it needs document:delete.
  ✓ The token is valid until ${new Date(soon * 1000).toISOString()}.
  · The token has the role "editor".
  · The role "ghost" is not in the definition, so it grants nothing.
  ✗ No role of the caller grants the permission document:delete; admin would.

The caller may not: 403.
`);
    for (const part of token.split('.')) expect(stdout).not.toContain(part);
  });

  it('exits 0 for who may, from a file, with the roles of Cognito', async () => {
    const { roles: _, ...rest } = claims;
    const folder = folderOf({ 'token.txt': tokenOf({ ...rest, 'cognito:groups': ['admin'], scope: 'openid' }) });
    const file = join(folder, 'token.txt');
    const { code, stdout } = await access(['explain', '--token', file, '--route', 'DELETE /documents/{id}', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      route: 'deleteDocument',
      status: 200,
      signatureChecked: false,
      claims: { sub: 'user-1' },
      steps: expect.arrayContaining([{ result: 'pass', sentence: expect.stringContaining('is granted by admin') }]),
    });
  });

  it('reads another claim when told to', async () => {
    const token = tokenOf({ ...claims, groups: 'admin viewer' });
    expect((await explain(token, 'deleteDocument', ['--roles-claim', 'groups'])).code).toBe(0);
  });

  it('tells an expired token as 401, and needs none for a public route', async () => {
    const token = tokenOf({ ...claims, exp: 1_000 });
    expect(await explain(token, 'me')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('has expired at 1970'),
    });
    expect((await explain(token, 'health')).code).toBe(0);
  });

  it('shows foreign text so that it cannot steer a terminal', async () => {
    const evil = 'a\u001b[2Jb\u009b2Jc\u202e';
    const { stdout } = await explain(tokenOf({ ...claims, sub: evil, roles: [evil] }), 'me');
    expect(stdout).toContain('a\\u001b[2Jb\\u009b2Jc\\u202e');
    // Nothing below the blank but line ends, no C1 control, no change of direction.
    expect(
      [...stdout].filter((c) => (c < ' ' && c !== '\n') || (c >= '\u007f' && c <= '\u009f') || c === '\u202e'),
    ).toEqual([]);
  });

  it.each(['a.b', 'a.b.c.d.e', 'opaque-secret-token', 'eyJhbGciOiJub25lIn0.bm90IGpzb24.c2ln', 'e30.bnVsbA.x', ''])(
    'refuses %j, which is no JWT, without repeating it',
    async (token) => {
      const { code, stdout, stderr } = await explain(token, 'me');
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('file-unreadable');
      if (token.length > 8) expect(stderr).not.toContain(token);
    },
  );
});
