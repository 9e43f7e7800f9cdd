import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another gateway uses the data directory. */
class DataInUse extends Error {
  readonly code = 'data-in-use';

  constructor(data: string) {
    super(`data-in-use: another gateway uses ${data}. End it, or choose another directory with --data.`);
    this.name = 'DataInUse';
  }
}

/**
 * Takes a data directory for this process. SQLite takes a lock of the operating system, which ends with the process, so a
 * kill leaves nothing to clean up.
 *
 * @returns a function that releases the directory
 * @throws {DataInUse} `data-in-use`
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
