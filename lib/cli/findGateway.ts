import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../definition/errors.ts';
import type { Ready } from './localPackage.ts';

interface GatewayOptions {
  readonly readyFile?: string;
  readonly data: string;
}

/**
 * Finds a running gateway by its ready file, by default the one in its data directory.
 *
 * @throws {ConfigError} `gateway-not-running` when there is no ready file, or its process has ended.
 */
export function findGateway(options: GatewayOptions): Ready {
  const file = fileOf(options);
  const ready = readReady(file);
  if (ready !== undefined && isAlive(ready.pid)) return ready;
  throw new ConfigError({
    code: 'gateway-not-running',
    location: file,
    found: ready === undefined ? 'no ready file' : `a ready file whose process ${ready.pid} has ended`,
    expected: 'a running gateway',
    fix: 'Start it with "npm start" or "secure-api dev", or name it with --ready-file or --data.',
  });
}

/** The running gateway of a data directory, if there is one. */
export function runningGateway(options: GatewayOptions): Ready | undefined {
  const ready = readReady(fileOf(options));
  return ready !== undefined && isAlive(ready.pid) ? ready : undefined;
}

function fileOf({ readyFile, data }: GatewayOptions): string {
  return readyFile ?? join(data, 'ready.json');
}

function readReady(file: string): Ready | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ready;
  } catch {
    return undefined;
  }
}

/** Whether a process exists, also one of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
