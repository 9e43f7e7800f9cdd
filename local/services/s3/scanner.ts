/**
 * Stands in for GuardDuty Malware Protection, and for the scanner of your own that a bucket waits for: tags each new object
 * with what it found. It is not a client of this S3, so that no policy has to exempt it.
 * https://docs.aws.amazon.com/guardduty/latest/ug/monitor-enable-s3-object-tagging-malware-protection.html
 */
import { isDeepStrictEqual } from 'node:util';
import type { BucketModel } from '../../assembly/model.ts';
import type { ScanOptions } from '../../contracts.ts';
import { findMalware } from './malware.ts';
import type { ObjectRecord, ObjectStore } from './store.ts';

/** A running scanner. */
export interface Scanner {
  /** Scans an object later, if it is one to scan; never waits for it. */
  added(bucket: string, object: ObjectRecord): void;
  /** Scans in these buckets from now on, also objects that are there already where none were scanned before. */
  update(buckets: readonly BucketModel[]): void;
  /** Resolves when no scan runs any more; objects that were not scanned are at the next start. */
  close(): Promise<void>;
}

interface ScannerParts extends ScanOptions {
  readonly store: ObjectStore;
  readonly buckets: readonly BucketModel[];
  readonly print: (line: string) => void;
}

const TAG = 'GuardDutyMalwareScanStatus';
const DEFAULT_DELAY_S = 1;

/** Starts a scanner. It begins with the objects that an earlier run did not scan. */
export function startScanner({
  store,
  buckets,
  print,
  scan = 'emulate',
  scanDelay = DEFAULT_DELAY_S,
}: ScannerParts): Scanner {
  let prefixes: ReadonlyMap<string, readonly string[]> = new Map();
  const waiting = new Set<NodeJS.Timeout>();
  let closed = false;
  let scans = Promise.resolve();
  const isScanned = (bucket: string, key: string) =>
    prefixes.get(bucket)?.some((prefix) => key.startsWith(prefix)) === true;
  const inspect = async (bucket: string, object: ObjectRecord) => {
    const isCurrent = () => !closed && store.find(bucket, object.key)?.file === object.file;
    if (!isCurrent()) return;
    const result = await findMalware(store.path(object), object.size, () => store.read(object)).catch(() => 'FAILED');
    // Meanwhile it can be deleted or replaced; its successor is scanned anew.
    if (!isCurrent()) return;
    store.tag(bucket, object.key, { ...store.find(bucket, object.key)?.tags, [TAG]: result });
    print(`scanned ${printable(`${bucket}/${object.key}`)}: ${result}`);
  };
  const added = (bucket: string, object: ObjectRecord) => {
    if (scan === 'hold' || closed || !isScanned(bucket, object.key)) return;
    const timer = setTimeout(() => {
      waiting.delete(timer);
      // One after another, so that many uploads at once leave time for requests.
      scans = scans
        .then(() => inspect(bucket, object))
        .catch(() => print('a scan failed: the object stays unreleased'));
    }, scanDelay * 1_000);
    waiting.add(timer);
  };
  const addUnscanned = async (names: readonly string[]) => {
    for (const bucket of names) {
      for await (const object of store.objects(bucket)) {
        if (object.tags[TAG] === undefined) added(bucket, object);
      }
    }
  };
  let earlier: Promise<unknown> = Promise.resolve();
  let isHoldPrinted = false;
  const update = (next: readonly BucketModel[]) => {
    const before = prefixes;
    prefixes = new Map(next.map(({ name, scannedPrefixes }) => [name, scannedPrefixes]));
    const changed = [...prefixes].filter(
      ([name, scanned]) => scanned.length > 0 && !isDeepStrictEqual(scanned, before.get(name)),
    );
    if (changed.length === 0) return;
    if (scan === 'hold' && !isHoldPrinted) print('files stay in quarantine: --scan hold');
    isHoldPrinted = true;
    const names = changed.map(([name]) => name);
    if (scan === 'emulate') earlier = Promise.allSettled([earlier, addUnscanned(names)]);
  };
  update(buckets);
  return {
    added,
    update,
    async close() {
      closed = true;
      for (const timer of waiting) clearTimeout(timer);
      await Promise.allSettled([earlier, scans]);
    },
  };
}

/** A key is chosen by a client, and could contain sequences that control the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
