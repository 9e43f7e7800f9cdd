import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type ClientResponse, clientOf } from './client.ts';
import { folderOf, root } from './folders.ts';
import { type RunningGateway, startGateway } from './gateway.ts';

/** A CDK project that `secure-api dev` serves, to be edited while it is served. */
export interface DevProject {
  readonly folder: string;
  readonly gateway: RunningGateway;
  readonly call: Client;
  read(file: string): string;
  write(file: string, content: string): void;
  /** Replaces a part of a file. */
  edit(file: string, part: string | RegExp, by: string): void;
  /** Waits until the gateway has printed something after a mark of {@link DevProject.mark}. */
  printed(pattern: RegExp, mark?: number): Promise<string>;
  /** Where the output ends now. */
  mark(): number;
  /** Calls until a response is as expected. */
  until(
    method: string,
    path: string,
    isExpected: (response: ClientResponse) => boolean,
    token?: string,
  ): Promise<ClientResponse>;
}

const lib = JSON.stringify(join(root, 'lib/index.ts'));
const PATIENCE_MS = 20_000;

const FILES = {
  'cdk.json': '{ "app": "node app.ts" }',
  'package.json': '{ "type": "module", "secure-api": { "definition": "definition.ts" } }',
  'text.ts': 'export const text = (): string => String(process.pid > 0);\n',
  'handlers/hello.ts': handler('hello', '({ text: text() })', "import { text } from '../text.ts';\n"),
  'handlers/addNote.ts': handler('addNote', 'body'),
  'definition.ts': `import { defineApi, defineRoles, get, object, post } from ${lib};
const Note = { type: 'object', additionalProperties: false, required: ['text'], properties: { text: { type: 'string', maxLength: 20 } } } as const;
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] }, writer: { can: ['note:write'] } }, { reviewed: '${new Date().toISOString().slice(0, 10)}', reviewEveryDays: 90 }),
  tiers: { free: { rate: 5000, burst: 5000, quota: { requests: 10_000_000, per: 'DAY' } } },
  routes: {
    hello: get('/hello', { public: 'for a test only', responses: { 200: { description: 'A text', body: Note } } }),
    addNote: post('/notes', { permission: 'note:write', body: Note, responses: { 200: { description: 'The note', body: Note } } }),
  },
});
`,
  'app.ts': `import { createRequire } from 'node:module';
import { Identity, SecureApi } from ${lib};
import { notes } from './definition.ts';
const { App, Stack } = createRequire(${lib})('aws-cdk-lib');
const stack = new Stack(new App(), 'Notes');
new SecureApi(stack, 'Api', { definition: notes, handlers: './handlers', identity: Identity.cognito() });
`,
};

/** Starts `secure-api dev` in a new project with two routes. */
export async function devProject(files: Readonly<Record<string, string>> = {}, ...args: string[]): Promise<DevProject> {
  const folder = folderOf({ ...FILES, ...files });
  const gateway = await startGateway({ cwd: folder, assembly: false, args });
  const call = clientOf(gateway.ready);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const write = (file: string, content: string) => writeFileSync(join(folder, file), content);
  const printed = async (pattern: RegExp, mark = 0): Promise<string> => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const text = gateway.output().slice(mark);
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`Not printed: ${pattern}, but:\n${text}`);
      await sleep(20);
    }
  };
  const until: DevProject['until'] = async (method, path, isExpected, token) => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const response = await call(method, path, { token });
      if (isExpected(response)) return response;
      if (Date.now() > end) throw new Error(`Last response: ${response.status} ${response.text}\n${gateway.output()}`);
      await sleep(20);
    }
  };
  return {
    folder,
    gateway,
    call,
    read,
    write,
    edit: (file, part, by) => write(file, read(file).replace(part, by)),
    printed,
    mark: () => gateway.output().length,
    until,
  };
}

/** A handler without imports of the package, which is compiled only when it is packed. */
export function handler(route: string, body: string, imports = ''): string {
  return `${imports}export const handler = { route: '${route}', fn: ({ body }: any) => ({ status: 200, body: ${body} }) };\n`;
}
