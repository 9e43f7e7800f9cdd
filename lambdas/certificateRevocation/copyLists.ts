import { createHash } from 'node:crypto';
import type { KeyValueStore } from '../shared/keyValueStore.ts';
import type { RevocationList } from '../shared/x509/revocationList.ts';

/** The list of a CA. */
export interface ReadList {
  /** SHA-256 of the CA certificate in hexadecimal. */
  readonly authority: string;
  /** Undefined where it is missing, or not signed by the CA. */
  readonly list: RevocationList | undefined;
  /** S3 returned no object: the list may not have been published yet. */
  readonly isAbsent?: boolean;
}

/** Serial numbers that were added and removed. */
export interface CopyOutcome {
  readonly added: number;
  readonly removed: number;
  /** Authorities whose list was not copied, although there is or was one. */
  readonly failed: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores: of one update, and of a key. */
const MOST_CHANGES = 50;
const MAX_KEY_BYTES = 512;
/** Characters of an authority in a value, which has 1 KB for those that revoked one number. */
const SHORT = 16;
const SERIAL = /^[0-9A-F]+$/;

/**
 * Makes a store agree with lists: its keys are serial numbers, their values the CAs that revoked them. What a CA revoked stays while its list is
 * unreadable, or older than the one before. The note on a list is written last, so the next run continues what one has left.
 */
export async function copyLists(lists: readonly ReadList[], store: KeyValueStore): Promise<CopyOutcome> {
  const { etag } = await store.describe();
  const notes = await Promise.all(lists.map(({ authority }) => store.get(noteOf(authority))));
  const changed = lists.flatMap(({ authority, list }, i) =>
    list !== undefined && isNews(list, notes[i]) ? [{ id: shortened(authority), authority, list }] : [],
  );
  const failed = lists.flatMap(({ authority, list, isAbsent }, i) =>
    list === undefined && (isAbsent !== true || notes[i] !== undefined) ? [shortened(authority)] : [],
  );
  if (changed.length === 0) return { added: 0, removed: 0, failed };
  const all = await store.list();
  const present = new Map([...all].filter(([key]) => SERIAL.test(key)));
  const wanted = new Map<string, Set<string>>();
  const add = (serial: string, id: string) => wanted.set(serial, (wanted.get(serial) ?? new Set()).add(id));
  const others = lists
    .map(({ authority }) => shortened(authority))
    .filter((id) => !changed.some((one) => one.id === id));
  for (const [serial, ids] of present) for (const id of ids.split(' ')) if (others.includes(id)) add(serial, id);
  for (const { id, list } of changed)
    for (const serial of list.revoked.keys()) if (serial.length <= MAX_KEY_BYTES) add(withoutZeros(serial), id);

  const puts = [...wanted]
    .map(([key, ids]) => ({ key, value: [...ids].sort().join(' ') }))
    .filter(({ key, value }) => present.get(key) !== value);
  const deletes = [...present.keys()].filter((key) => !wanted.has(key)).map((key) => ({ key, value: undefined }));
  const written = changed.map(({ authority, list }) => ({ key: noteOf(authority), value: noteAbout(list) }));
  const changes = [...puts, ...deletes, ...written];
  let version = etag;
  for (let i = 0; i < changes.length; i += MOST_CHANGES) {
    version = await store.update(changes.slice(i, i + MOST_CHANGES), version);
  }
  return { added: puts.filter(({ key }) => !present.has(key)).length, removed: deletes.length, failed };
}

/** An older list, which somebody put back, must not take a revocation back; nor one of a CA that was restored from a backup. */
function isNews(list: RevocationList, note: string | undefined): boolean {
  if (note === undefined) return true;
  const [time, number = '-1'] = note.split(' ');
  return noteAbout(list) !== note && list.thisUpdate >= Number(time) && list.number >= BigInt(number);
}

/** The connection function compares numbers without leading zeros: nothing documents how many CloudFront writes. */
function withoutZeros(serial: string): string {
  return serial.replace(/^0+(?=.)/, '');
}

/** The start of the identifier of a CA. */
function shortened(authority: string): string {
  return authority.slice(0, SHORT);
}

/** No serial number begins like that. */
function noteOf(authority: string): string {
  return `list-${shortened(authority)}`;
}

function noteAbout({ thisUpdate, number, revoked }: RevocationList): string {
  const digest = createHash('sha256')
    .update([...revoked.keys()].sort().join(' '))
    .digest('base64url');
  return `${thisUpdate} ${number} ${digest}`;
}
