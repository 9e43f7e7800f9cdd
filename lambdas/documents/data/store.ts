import { type Bucket, openBucket } from './bucket.ts';
import { openTable, type Table } from './client.ts';
import { loadCursorKey } from './cursorKey.ts';

/** What the handlers of one function instance share between requests: connections and the cursor key. */
export interface Store {
  readonly table: Table;
  /** Opened at first use, because most routes do not need it. */
  bucket(): Bucket;
  cursorKey(): Promise<Uint8Array>;
}

let opened: Store | undefined;

/** The store of this function instance, opened by the first request. */
export function store(): Store {
  opened ??= makeStore(openTable(process.env));
  return opened;
}

function makeStore(table: Table): Store {
  let key: Promise<Uint8Array> | undefined;
  let bucket: Bucket | undefined;
  const load = () => {
    key = loadCursorKey(table).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
  return {
    table,
    bucket: () => {
      bucket ??= openBucket(process.env);
      return bucket;
    },
    cursorKey: () => key ?? load(),
  };
}
