import { createRequire } from 'node:module';

/** The part of the `level` package that is used here. */
interface LevelStore {
  open(): Promise<void>;
  close(): Promise<void>;
  put(key: string, value: unknown): Promise<void>;
  iterator(range: { gte: string; lt: string }): AsyncIterable<[string, TableRecord]>;
}

interface TableRecord {
  readonly TableStatus?: string;
  readonly GlobalSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
}

type LevelClass = new (path: string, options: { valueEncoding: 'json' }) => LevelStore;

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
  // `level` is dynalite's own dependency, so it is looked up from there: the same version opens the store.
  const fromHere = createRequire(import.meta.url);
  const { Level } = createRequire(fromHere.resolve('dynalite'))('level') as { Level: LevelClass };
  const store = new Level(path, { valueEncoding: 'json' });
  try {
    await store.open();
  } catch (error) {
    throw new Error(reasonOf(error, path), { cause: error });
  }
  try {
    for await (const [key, table] of store.iterator(TABLES)) {
      if (table.TableStatus === 'CREATING') await store.put(key, awake(table));
    }
  } finally {
    await store.close();
  }
}

function awake(table: TableRecord): TableRecord {
  const indexes = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
  return { ...table, TableStatus: 'ACTIVE', ...(indexes && { GlobalSecondaryIndexes: indexes }) };
}

function reasonOf(error: unknown, path: string): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const locked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
  if (locked) return `the tables in ${path} are in use by another process`;
  return `the tables in ${path} cannot be opened: ${cause instanceof Error ? cause.message : String(error)}`;
}
