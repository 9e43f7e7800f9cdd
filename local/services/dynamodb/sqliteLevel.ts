import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Which entries, in the order of the bytes of their keys. */
export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  /** -1 is no limit. */
  readonly limit?: number;
}

type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

interface Row {
  readonly key: string;
  readonly value: string;
}

const FILE = 'tables.sqlite';
/** Between two pages no statement is open, so an iterator that is left half-way holds nothing. */
const PAGE_ROWS = 64;
const BOUNDS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
/**
 * The operating system has each commit before it is acknowledged, so it survives the end of the process. It is not flushed to
 * the disk, so a power cut may lose the last moments. The lock ends with the process.
 */
const OPENING = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT`;

/**
 * JSON values by sorted keys: the part of the package `level` that dynalite calls, on the SQLite that comes with Node. `level`
 * itself runs a script at installation, which finds or compiles a native module.
 */
export class SqliteLevel {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * @param path directory of the store
   * @throws {Error} with `errcode` 5 (SQLITE_BUSY) when another process has it open
   */
  constructor(path: string) {
    this.#database = new DatabaseSync(join(path, FILE), { timeout: 0 });
    try {
      this.#database.exec(OPENING);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The value of a key; undefined where there is none. */
  async get(key: string): Promise<unknown> {
    const row = this.#prepared('SELECT value FROM entries WHERE key = ?').get(key);
    return row === undefined ? undefined : JSON.parse(String(row['value']));
  }

  async put(key: string, value: unknown): Promise<void> {
    this.#change({ type: 'put', key, value });
  }

  async del(key: string): Promise<void> {
    this.#change({ type: 'del', key });
  }

  /** Makes all changes or none. */
  async batch(changes: readonly Change[]): Promise<void> {
    this.#database.exec('BEGIN');
    try {
      for (const change of changes) this.#change(change);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** The keys of a range, one by one. */
  keys(range: Range = {}) {
    return iterator(this.#rows(range), ({ key }) => key);
  }

  /** The values of a range, in the order of their keys. */
  values(range: Range = {}) {
    return iterator(this.#rows(range), ({ value }) => JSON.parse(value) as unknown);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #change(change: Change): void {
    if (change.type === 'del') this.#prepared('DELETE FROM entries WHERE key = ?').run(change.key);
    else this.#prepared('INSERT OR REPLACE INTO entries VALUES (?, ?)').run(change.key, JSON.stringify(change.value));
  }

  *#rows({ limit = -1, reverse = false, ...bounds }: Range): Generator<Row, undefined> {
    let left = limit < 0 ? Number.POSITIVE_INFINITY : limit;
    let rest: Range = bounds;
    while (left > 0) {
      const wanted = Math.min(left, PAGE_ROWS);
      const page = this.#page(rest, reverse, wanted);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < wanted) return;
      left -= page.length;
      rest = reverse ? { ...rest, lte: undefined, lt: last.key } : { ...rest, gte: undefined, gt: last.key };
    }
  }

  #page(range: Range, reverse: boolean, rows: number): readonly Row[] {
    const bounds = Object.entries(BOUNDS).flatMap(([name, sign]) => {
      const bound = range[name as keyof typeof BOUNDS];
      return bound === undefined ? [] : [{ condition: `key ${sign} ?`, bound }];
    });
    const where = bounds.length === 0 ? '' : `WHERE ${bounds.map(({ condition }) => condition).join(' AND ')}`;
    const sql = `SELECT key, value FROM entries ${where} ORDER BY key ${reverse ? 'DESC' : 'ASC'} LIMIT ?`;
    return this.#prepared(sql).all(...bounds.map(({ bound }) => bound), rows) as unknown as readonly Row[];
  }

  #prepared(sql: string): StatementSync {
    const prepared = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** Iterates as `level` does: a step after the last one is undefined. */
function iterator<T>(rows: Generator<Row, undefined>, read: (row: Row) => T) {
  return {
    async next(): Promise<T | undefined> {
      const { value } = rows.next();
      return value === undefined ? undefined : read(value);
    },
  };
}
