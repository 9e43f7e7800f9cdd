import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/folders.ts';
import { ACCOUNT, type Emulator, REGION, signalGroup } from './emulator.ts';

/** What the sample's app and the command read. */
const COPIED = ['bin', 'lib', 'lambdas', 'test/deploy', 'package.json', 'cdk.json'];
export const STACK = 'Documents';

type Environment = Readonly<Record<string, string>>;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
}

/** A copy of the project, which an update edits as an engineer would. */
export class Project {
  readonly #folder: string;
  readonly #emulator: Emulator;
  readonly #signal: AbortSignal;
  readonly #context: readonly string[];

  constructor(folder: string, emulator: Emulator, context: readonly string[], signal: AbortSignal) {
    this.#folder = folder;
    this.#emulator = emulator;
    this.#context = context.flatMap((value) => ['-c', value]);
    this.#signal = signal;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  }

  /** The text of a file of the copy, or of its cloud assembly. */
  read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  /** The URL of a module of the copy, which changes with its text. */
  url(name: string): string {
    const version = createHash('sha256').update(this.read(name)).digest('hex');
    return `${pathToFileURL(join(this.#folder, name))}?version=${version}`;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  /** Replaces the one occurrence of a text. */
  edit(name: string, before: string, after: string): void {
    const [head, tail, ...more] = this.read(name).split(before);
    if (head === undefined || tail === undefined || more.length > 0)
      throw new Error(`${name} has not one "${before}".`);
    this.write(name, `${head}${after}${tail}`);
  }

  /** Outside of the copy: in it, the command would synthesize the sample first. */
  bootstrap(): Promise<CommandResult> {
    return this.#cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], {}, dirname(this.#folder));
  }

  deploy(environment: Environment = {}): Promise<CommandResult> {
    return this.#cdk(
      ['deploy', STACK, ...this.#app(), '--require-approval', 'never', '--progress', 'events'],
      environment,
    );
  }

  destroy(): Promise<CommandResult> {
    return this.#cdk(['destroy', STACK, ...this.#app(), '--force']);
  }

  /** `secure-api`, with credentials and endpoints of the emulator. */
  secureApi(...words: readonly string[]): Promise<CommandResult> {
    return this.#node([join(root, 'bin/secure-api.js'), ...words], root, {});
  }

  #app(): readonly string[] {
    return ['--app', 'node test/deploy/app.ts', ...this.#context];
  }

  #cdk(words: readonly string[], environment: Environment = {}, cwd = this.#folder): Promise<CommandResult> {
    const options = ['--ci', '--no-notices', '--no-version-reporting'];
    return this.#node([join(root, 'node_modules/aws-cdk/bin/cdk'), ...words, ...options], cwd, environment);
  }

  #node(words: readonly string[], cwd: string, extra: Environment): Promise<CommandResult> {
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    const env = { PATH, HOME, TMPDIR, NO_COLOR: '1', ...this.#emulator.environment, ...extra };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, words, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      const abort = () => child.pid !== undefined && signalGroup(child.pid, 'SIGTERM');
      this.#signal.addEventListener('abort', abort, { once: true });
      let stdout = '';
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        stdout += part;
        output += part;
      });
      child.stderr.setEncoding('utf8').on('data', (part: string) => {
        output += part;
      });
      child.on('error', reject);
      child.on('close', (code) => {
        this.#signal.removeEventListener('abort', abort);
        resolve({ code: code ?? 1, stdout, output });
      });
    });
  }
}
