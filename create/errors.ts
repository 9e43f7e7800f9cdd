import { escapeInvisible } from '../lib/definition/checks/check.ts';
import { ConfigError, type ConfigErrorCode, type ConfigFault } from '../lib/definition/errors.ts';

/** An option has a wrong value. */
export const invalidOption = (fault: Omit<ConfigFault, 'code'>) => fail('option-invalid', fault);

/** An option is needed. */
export const missingOption = (fault: Omit<ConfigFault, 'code'>) => fail('option-missing', fault);

/** The folder, or a file in it, cannot be used. */
export const unusableFolder = (fault: Omit<ConfigFault, 'code'>) => fail('project-folder-unusable', fault);

/** Names of files and values come from anywhere: a terminal must not obey them, and the message stays readable. */
function fail(code: ConfigErrorCode, { location, found, expected, fix }: Omit<ConfigFault, 'code'>): ConfigError {
  return new ConfigError({ code, location: short(location), found: short(found), expected: short(expected), fix });
}

const LONGEST = 400;

function short(text: string): string {
  return escapeInvisible(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** What the operating system reports that is not a matter of rights and owners. */
const REASONS: Readonly<Record<string, string>> = {
  EROFS: 'a read-only file system',
  ENAMETOOLONG: 'a name that is too long',
  ENOSPC: 'no space left',
};

/**
 * Runs what reads or writes files.
 *
 * @throws {ConfigError} `project-folder-unusable` for errors of the operating system.
 */
export function withFileErrors<T>(shown: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw unusableFolder({
      location: shown,
      found: REASONS[code] ?? `${code} from ${syscall}`,
      expected: 'a folder that can be read and written',
      fix: 'Check the folder, its parents, their owner and the free space. Nothing was written.',
    });
  }
}
