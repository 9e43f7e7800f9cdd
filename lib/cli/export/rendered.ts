import { basename } from 'node:path';
import { isRecord } from '../../../lambdas/shared/json.ts';
import type { Skipped } from './notExpressible.ts';

/** What an export makes. */
export interface Rendered {
  /** Contents by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the alarms that are in them. */
  readonly exported: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** What each file says of itself: the first line of YAML, and the description of a dashboard. */
export const WRITTEN_BY = 'Written by secure-api export: the next one replaces this file.';

/** The tag of monitors, which are a list and have no description. */
export const MANAGED_BY = 'managed-by:secure-api';

/** The file of monitors: the only list, which can be an empty one without their tag. */
export const MONITORS_FILE = 'monitors.json';

/** Whether an export wrote a file. */
export function isExported(content: string, path: string): boolean {
  if (content.startsWith(`# ${WRITTEN_BY}\n`)) return true;
  const document: unknown = JSON.parse(content);
  if (isRecord(document)) return document['description'] === WRITTEN_BY;
  return (
    Array.isArray(document) &&
    basename(path) === MONITORS_FILE &&
    document.every((one) => isRecord(one) && hasTag(one['tags']))
  );
}

function hasTag(tags: unknown): boolean {
  return Array.isArray(tags) && tags.includes(MANAGED_BY);
}

/**
 * Adds a file for each dashboard. Its name comes from a template: it must not lead out of the folder, nor take the file of another one,
 * also where file systems ignore case.
 */
export function withDashboards(
  files: Rendered['files'],
  dashboards: readonly { readonly name: string; readonly content: string }[],
): Rendered['files'] {
  const all = { ...files };
  const taken = new Set(Object.keys(files));
  for (const { name, content } of dashboards) {
    const base = name.replaceAll(/[^\w-]/g, '_');
    let file = `${base}.json`;
    for (let count = 2; taken.has(file.toLowerCase()); count++) file = `${base}-${count}.json`;
    taken.add(file.toLowerCase());
    all[file] = content;
  }
  return all;
}
