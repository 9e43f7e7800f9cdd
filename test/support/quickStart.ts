import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root, temporaryFolder } from './folders.ts';
import type { Ready } from './gateway.ts';
import type { Registry } from './registry.ts';

const run = promisify(execFile);
const ADDRESS = 'https://localhost:8443';

/** A project that README's quick start has made and serves. */
export interface StartedProject {
  readonly folder: string;
  readonly ready: Ready;
  /** Everything that its terminal shows so far. */
  output(): string;
  /** Runs commands of README in the project, in a second terminal. Only the port is not README's. */
  type(script: string): Promise<string>;
  /** Ends what the quick start has started, and removes the project. */
  stop(): Promise<void>;
}

/** The first code block of a language under a heading of README. */
export function readmeBlock(heading: string, language = 'sh'): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(section)?.[1] ?? '';
}

/** Runs the commands of README's quick start in an empty folder, on a free port, and waits until the API is served. */
export async function followQuickStart({ environment }: Registry): Promise<StartedProject> {
  const home = temporaryFolder();
  const readyFile = join(temporaryFolder(), 'ready.json');
  const start = `npm start -- --port 0 --ready-file ${readyFile}`;
  const script = readmeBlock('Quick start').replace(/^npm start$/m, start);
  // A new process group, which ends as a whole, whatever was started.
  const terminal = spawn('bash', ['-eu', '-c', script], { cwd: home, env: { ...environment }, detached: true });
  let output = '';
  for (const stream of [terminal.stdout, terminal.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  while (!existsSync(readyFile)) {
    if (terminal.exitCode !== null)
      throw new Error(`The commands of README ended with ${terminal.exitCode}:\n${output}`);
    await sleep(20);
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
  const [, name = ''] = / (\w+) -- --yes/.exec(script) ?? [];
  const folder = join(home, name);
  return {
    folder,
    ready,
    output: () => output,
    type: async (commands) => {
      const options = { cwd: folder, env: { ...environment } };
      return (await run('bash', ['-eu', '-c', commands.replaceAll(ADDRESS, ready.url)], options)).stdout.trim();
    },
    stop: async () => {
      if (terminal.exitCode === null && terminal.pid !== undefined) {
        const ended = once(terminal, 'close');
        process.kill(-terminal.pid, 'SIGTERM');
        await ended;
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}
