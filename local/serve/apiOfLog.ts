import { logFileOf } from '../assembly/logFiles.ts';
import type { StackModel } from '../assembly/model.ts';

/**
 * The name of the API that a log group belongs to, where a stack has several: their files are in a folder for each.
 * Undefined with one API, and for what belongs to none.
 */
export function apiOfLog(
  { apis, logFiles }: Pick<StackModel, 'apis' | 'logFiles'>,
  logGroup: string,
): string | undefined {
  if (apis.length < 2) return undefined;
  const folderOf = (group: string) => /^(.+)\//.exec(logFileOf(group, logFiles))?.[1];
  const folder = folderOf(logGroup);
  const isIn = (group: string | undefined) => group !== undefined && folderOf(group) === folder;
  return folder === undefined ? undefined : apis.find(({ stage }) => isIn(stage.accessLog?.logGroup))?.name;
}
