import { type Command, Option } from 'commander';
import { wholeNumber } from '../options.ts';

/** The folder of a CA unless `--dir` names another. */
export const DEFAULT_DIR = 'partner-ca';
const DEFAULT_LIST_DAYS = 7;
const MAX_LIST_DAYS = 30;
/** As long as public certificates could be valid before the limits of 2026; a partner that renews by hand needs no more. */
export const MAX_DAYS = 397;

/** Options of every command about a CA. */
export interface CertsOptions {
  readonly dir: string;
  readonly json?: boolean;
}

/** Adds the options of every command about a CA. */
export function withDir(command: Command, json: string): Command {
  return command.option('--dir <dir>', 'folder of the CA', DEFAULT_DIR).option('--json', `print ${json} as JSON`);
}

/** How long a revocation list is valid. */
export function listDaysOption(): Option {
  return new Option(
    '--list-days <days>',
    'days until the revocation list lapses: sign it again before (secure-api certs crl)',
  )
    .argParser(wholeNumber(1, MAX_LIST_DAYS))
    .default(DEFAULT_LIST_DAYS);
}
