import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, memoryStorage } from '@kubb/core';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';
import { generate } from 'orval';
import { root, temporaryFolder } from './folders.ts';
import { cli } from './gateway.ts';

const run = promisify(execFile);

/** A project with clients that two generators made of one document. */
export interface GeneratedClients {
  readonly folder: string;
  /** The document that they read. */
  readonly document: string;
  /** Adds a file that uses `./orval/api.ts` or `./kubb/index.ts`. */
  readonly write: (name: string, code: string) => string;
  /** What `tsc` in strict mode says of everything. */
  readonly typeErrors: () => Promise<string>;
}

/** Prints the document as a user does, and generates a client that calls the API (orval) and its types (kubb). */
export async function generateClients(...args: readonly string[]): Promise<GeneratedClients> {
  const folder = temporaryFolder();
  const { stdout, stderr, code } = await cli(['openapi', ...args]);
  if (code !== 0) throw new Error(stderr);
  const document = join(folder, 'openapi.json');
  writeFileSync(document, stdout);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const output = {
    target: join(folder, 'orval', 'api.ts'),
    client: 'fetch',
    baseUrl: { getBaseUrlFromSpecification: true },
  } as const;
  await generate({ input: document, output }, folder);
  await generateTypes(folder, document);
  const write = (name: string, code: string) => {
    const path = join(folder, name);
    writeFileSync(path, code);
    return path;
  };
  return { folder, document, write, typeErrors: () => typeErrorsOf(folder) };
}

async function generateTypes(folder: string, document: string): Promise<void> {
  mkdirSync(join(folder, 'kubb'));
  const plugins = [pluginOas({ generators: [] }), pluginTs({})];
  // Its default storage also writes into the working directory.
  const output = { path: './kubb', storage: memoryStorage(), extension: { '.ts': '.ts' } as const };
  const { error, failedPlugins } = await build({
    config: { root: folder, input: { path: document }, output, plugins },
  });
  const failed = [...failedPlugins][0]?.error ?? error;
  if (failed !== undefined) throw failed;
}

async function typeErrorsOf(folder: string): Promise<string> {
  const compilerOptions = {
    ...{
      target: 'ES2024',
      lib: ['ES2024', 'DOM', 'DOM.Iterable'],
      module: 'NodeNext',
      types: [],
      strict: true,
      noEmit: true,
    },
    ...{ allowImportingTsExtensions: true, skipLibCheck: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [tsc, '-p', folder, '--checkers', '1']).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
}

/** Runs a file of the project with Node, which trusts the certificate of a local gateway. */
export async function runClient(
  file: string,
  ca: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca, ...environment };
  return (await run(process.execPath, [file], { env })).stdout;
}
