import { SqliteLevel } from './sqliteLevel.ts';

/** What dynalite keeps of a table. */
interface TableRecord {
  readonly TableStatus?: string;
  readonly GlobalSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
}

/** SQLite's code for a database that another connection has locked. */
const SQLITE_BUSY = 5;
/** dynalite keeps the description of each table under `table~<name>`; `\x7f` is the character after `~`. */
const TABLES = { gte: 'table~', lt: 'table\x7f' };

/**
 * Looks after dynalite's store before dynalite opens it, because it can report neither fault: a store that another
 * process has open would make it throw outside of any request, and a table whose making was cut short by a kill would
 * stay CREATING for ever. Such a table holds nothing yet, so it is simply marked ACTIVE.
 *
 * @param path directory of the store; made when absent
 * @throws {Error} when the store cannot be opened
 */
export async function prepareStore(path: string): Promise<void> {
  const store = opened(path);
  try {
    const keys = store.keys(TABLES);
    for (let key = await keys.next(); key !== undefined; key = await keys.next()) {
      const table = (await store.get(key)) as TableRecord;
      if (table.TableStatus === 'CREATING') await store.put(key, awake(table));
    }
  } finally {
    await store.close();
  }
}

function opened(path: string): SqliteLevel {
  try {
    return new SqliteLevel(path);
  } catch (error) {
    throw new Error(reasonOf(error, path), { cause: error });
  }
}

function awake(table: TableRecord): TableRecord {
  const indexes = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
  return { ...table, TableStatus: 'ACTIVE', ...(indexes && { GlobalSecondaryIndexes: indexes }) };
}

function reasonOf(error: unknown, path: string): string {
  const { errcode, message } = error as { readonly errcode?: number; readonly message?: string };
  if (errcode === SQLITE_BUSY) return `the tables in ${path} are in use by another process`;
  return `the tables in ${path} cannot be opened: ${message}`;
}
