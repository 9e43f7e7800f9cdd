import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isRecord } from '../assembly/values.ts';
import { readIfPresent } from '../services/files.ts';

/** Another gateway uses the data directory. */
class DataInUse extends Error {
  readonly code = 'data-in-use';

  constructor(data: string) {
    const { who, fix } = describe(runningIn(data));
    super(`data-in-use: ${who} uses ${data}. ${fix}, or choose another directory with --data.`);
    this.name = 'DataInUse';
  }
}

/**
 * Takes a data directory for this process. SQLite takes a lock of the operating system, which ends with the process, so a
 * kill leaves nothing to clean up.
 *
 * @returns a function that releases the directory
 * @throws {DataInUse} `data-in-use`, with the process when that is known
 */
export function lockData(data: string): () => void {
  const database = new DatabaseSync(join(data, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new DataInUse(data);
  }
  return () => database.close();
}

interface RunningProcess {
  readonly pid: number;
  readonly url: string;
}

/** The process in `ready.json`. One that was killed left that file behind, and another may be about to write its own. */
function runningIn(data: string): RunningProcess | undefined {
  try {
    const ready: unknown = JSON.parse(readIfPresent(join(data, 'ready.json')) ?? '');
    if (!isRecord(ready)) return undefined;
    const { pid, url } = ready;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof url !== 'string') return undefined;
    process.kill(pid, 0);
    return { pid, url };
  } catch {
    return undefined;
  }
}

function describe(running: RunningProcess | undefined): { readonly who: string; readonly fix: string } {
  if (running === undefined) return { who: 'another gateway', fix: 'End it' };
  const { pid, url } = running;
  if (pid === process.pid) return { who: `another gateway of this process (${url})`, fix: 'Close it' };
  return { who: `another gateway (process ${pid}, ${url})`, fix: `End it (kill ${pid})` };
}
