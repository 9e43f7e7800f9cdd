import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unusableFolder } from './errors.ts';
import { STAGING } from './unfinished.ts';

/** What a folder is to this command. */
export type FolderKind = 'new' | 'cdk';

/** Files that tools put into a folder before there is a project. */
const NOTHING = ['.git', '.DS_Store', 'Thumbs.db'];

/**
 * Inspects the folder of a project: empty or missing, or a CDK project.
 *
 * @throws {ConfigError} `project-folder-unusable` for a file, or a folder with other files.
 */
export function inspectFolder(folder: string, shown: string): FolderKind {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined && lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    rejectDevice(basename(folder), shown);
    return 'new';
  }
  if (found?.isDirectory() !== true) {
    throw unusableFolder({
      location: shown,
      found: found === undefined ? 'a link to nothing' : 'a file',
      expected: 'a folder that is empty or does not exist, or a CDK project',
      fix: 'Name another folder.',
    });
  }
  const names = readdirSync(folder).filter((name) => !NOTHING.includes(name) && !name.startsWith(STAGING));
  if (names.length === 0) return 'new';
  if (statSync(join(folder, 'cdk.json'), { throwIfNoEntry: false })?.isFile() === true) return 'cdk';
  throw unusableFolder({
    location: shown,
    found: `${names.length === 1 ? 'the file' : `${names.length} files, among them`} ${names[0]}, and no cdk.json`,
    expected: 'a folder that is empty or does not exist, or a CDK project',
    fix: 'Name another folder, or run the command in the folder of cdk.json. Nothing was written.',
  });
}

/** Windows cannot check out a folder of such a name. https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
function rejectDevice(name: string, shown: string): void {
  if (!/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)) return;
  const expected = 'a name that is not that of a device of Windows';
  throw unusableFolder({ location: shown, found: `the name ${name}`, expected, fix: 'Name another folder.' });
}

/** Whether a project can be written into a folder. */
export function canHold(folder: string): boolean {
  try {
    inspectFolder(folder, folder);
    return true;
  } catch {
    return false;
  }
}
