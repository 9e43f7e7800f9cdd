import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from './attempt.ts';

const KINDS = ['builds', 'code', 'maps', 'validators'];
const HOUR_MS = 3_600_000;

/** How much is kept. */
export interface KeptLimits {
  /** Files that were not used for so long are removed. @default 30 days */
  readonly maxAgeMs?: number;
  /** Beyond so many bytes, those are removed that were not used for longest. @default 1 GiB */
  readonly maxBytes?: number;
  /** What was used since then stays, so that a synth never loses what the next one needs. @default 1 hour */
  readonly minAgeMs?: number;
}

/**
 * Removes kept files by the time of their last use and by their total size: each saved handler leaves another bundle. The number of
 * files does not count, because a large API has many. It never throws: another process can remove the same files.
 *
 * @example
 * ```ts
 * removeOldBuilds('.secure-api/build');
 * ```
 */
export function removeOldBuilds(
  folder: string,
  { maxAgeMs = 30 * 24 * HOUR_MS, maxBytes = 1024 ** 3, minAgeMs = HOUR_MS }: KeptLimits = {},
): void {
  const now = Date.now();
  const byUse = KINDS.flatMap((kind) => namesIn(join(folder, kind)))
    .flatMap((path) => attempt(() => [usedFile(path)], []))
    .sort((a, b) => b.usedAt - a.usedAt);
  let total = 0;
  for (const { path, usedAt, bytes } of byUse) {
    total += bytes;
    const age = now - usedAt;
    if (age < minAgeMs || (age <= maxAgeMs && total <= maxBytes)) continue;
    attempt(() => rmSync(path, { recursive: true, force: true }), undefined);
  }
}

function namesIn(folder: string): readonly string[] {
  return attempt(() => readdirSync(folder), []).map((name) => join(folder, name));
}

/** Code is in its own folder. */
function usedFile(path: string): { readonly path: string; readonly usedAt: number; readonly bytes: number } {
  const stats = statSync(path);
  const bytes = stats.isDirectory() ? namesIn(path).reduce((sum, file) => sum + statSync(file).size, 0) : stats.size;
  return { path, usedAt: stats.mtimeMs, bytes };
}
