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

/** Whether an export wrote a file. */
export function isExported(content: string): boolean {
  if (content.startsWith(`# ${WRITTEN_BY}\n`)) return true;
  const document: unknown = JSON.parse(content);
  if (isRecord(document)) return document['description'] === WRITTEN_BY;
  return Array.isArray(document) && document.every((one) => isRecord(one) && hasTag(one['tags']));
}

function hasTag(tags: unknown): boolean {
  return Array.isArray(tags) && tags.includes(MANAGED_BY);
}

/** The file of a dashboard. Its name comes from a template, and must not lead out of the folder. */
export function dashboardFile(name: string): string {
  return `${name.replaceAll(/[^\w-]/g, '_')}.json`;
}
