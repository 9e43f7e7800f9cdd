import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The data directory has a gateway already. */
class DataInUse extends Error {
  readonly code = 'data-in-use';

  constructor(data: string) {
    super(`data-in-use: another gateway uses ${data}. End it, or choose another directory with --data.`);
    this.name = 'DataInUse';
  }
}

/**
 * Takes a data directory for this process. The lock is the operating system's, by way of SQLite: it goes with the process,
 * however that ends, so a kill leaves nothing to clean up.
 *
 * @returns gives the directory back
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
