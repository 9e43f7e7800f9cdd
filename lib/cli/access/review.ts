import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { isRecord } from '../../../lambdas/shared/json.ts';
import { accessMatrix } from '../../access/index.ts';
import type { Api } from '../../definition/api.ts';
import { ConfigError } from '../../definition/errors.ts';
import type { Fault } from '../../definition/fault.ts';
import { EXIT } from '../exitCodes.ts';
import { chosenDefinition, DEFINITION_OPTION, loadReviewableFrom } from '../loadDefinition.ts';
import { invalidOption, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { writeOutputs } from '../outputFiles.ts';

/** Options of `access review`. */
interface ReviewOptions {
  readonly definition?: string;
  readonly reviewer?: string;
  readonly date?: string;
  readonly file?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Content of the record: the review that `defineRoles` takes. */
interface ReviewRecord {
  readonly reviewed: string;
  readonly reviewEveryDays: number;
  readonly reviewer: string;
  readonly contentHash: string;
}

const RECORD = 'access-review.json';
const MAX_REVIEWER_LENGTH = 200;

const NOTES = `
The definition imports the record, so that warnings and alarms use it:
  import review from './${RECORD}' with { type: 'json' };
  defineRoles({ … }, review);`;

/** `secure-api access review`: whether the last review still holds, or the record of a new one. */
export function reviewCommand(): Command {
  const command = new Command('review')
    .description('check whether the review of who can do what still holds, or record a new one')
    .option(...DEFINITION_OPTION)
    .option('--reviewer <name>', 'record that this person has reviewed the current access matrix')
    .option('--date <YYYY-MM-DD>', 'day of the review (default: today, UTC)')
    .option('--file <file>', `the record (default: ${RECORD} beside the definition)`)
    .option('--strict', 'fail when the review is overdue or when access has changed since')
    .option('--json', 'print { holds, due, contentHash, faults, … } as JSON')
    .action(async (options: ReviewOptions) => {
      const { api, file } = await loadReviewableFrom(chosenDefinition(options.definition));
      const record = resolve(options.file ?? join(dirname(file), RECORD));
      if (options.reviewer === undefined) check(api, record, options);
      else write(api, record, options);
    });
  return withExamples(
    command,
    'secure-api access review',
    'secure-api access review --strict',
    'secure-api access review --reviewer "Ada Lovelace"',
  ).addHelpText('after', NOTES);
}

/** Prints warnings of the definition, and of a record that it does not import. */
function check(api: Api, record: string, { strict, json }: ReviewOptions): void {
  const faults = [...api.warnings.filter(({ code }) => code.startsWith('review-')), ...unusedFaults(api, record)];
  const { review, contentHash } = accessMatrix(api);
  const holds = faults.length === 0;
  if (json === true) print(JSON.stringify({ holds, ...review, contentHash, faults }, null, 2));
  else {
    const by = review.reviewer === undefined ? '' : ` by ${review.reviewer}`;
    const hint = api.roles.contentHash === undefined ? ' Record what was reviewed with --reviewer.' : '';
    print(
      `${api.name}: reviewed ${review.reviewed}${by}, due ${review.due}. ${holds ? 'It holds.' : 'It does not hold.'}${hint}`,
    );
    for (const { code, location, found, expected, fix } of faults) {
      progress(`${code} at ${location}: found ${found}; expected ${expected}. ${fix}`);
    }
  }
  if (!holds && strict === true) process.exitCode = EXIT.failure;
}

function unusedFaults(api: Api, record: string): readonly Fault[] {
  const found = readRecord(record);
  if (found === undefined || isOf(found, api)) return [];
  return [
    {
      code: 'review-record-invalid',
      location: relative(process.cwd(), record),
      found: 'a record that the definition does not import',
      expected: `the definition's own review, of ${api.roles.reviewed}`,
      fix: `Import it: ${importOf(record)}`,
    },
  ];
}

function write(api: Api, file: string, options: ReviewOptions): void {
  const record: ReviewRecord = {
    reviewed: dayOf(options.date),
    reviewEveryDays: api.roles.reviewEveryDays,
    reviewer: nameOf(options.reviewer ?? ''),
    contentHash: accessMatrix(api).contentHash,
  };
  const before = readRecord(file);
  writeOutputs({ [file]: `${JSON.stringify(record, null, 2)}\n` }, { option: '--file', isOwn: isRecordText });
  if (options.json === true) print(JSON.stringify({ file, ...record }, null, 2));
  else
    print(
      `Recorded in ${relative(process.cwd(), file)}: ${record.reviewer} reviewed ${api.name} on ${record.reviewed}.`,
    );
  if (before === undefined || !isOf(before, api)) progress(`Import it in the definition: ${importOf(file)}`);
}

function readRecord(file: string): ReviewRecord | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ReviewRecord) : undefined;
  } catch {
    throw new ConfigError({
      code: 'file-unreadable',
      location: file,
      found: 'a file that is not JSON',
      expected: 'a record that this command wrote',
      fix: 'Remove the file, and record the review again.',
    });
  }
}

function isRecordText(content: string): boolean {
  const record: unknown = JSON.parse(content);
  return isRecord(record) && typeof record['reviewed'] === 'string' && typeof record['contentHash'] === 'string';
}

/** Whether the definition uses this record. */
function isOf({ reviewed, reviewer, contentHash }: ReviewRecord, { roles }: Api): boolean {
  return roles.reviewed === reviewed && roles.reviewer === reviewer && roles.contentHash === contentHash;
}

function importOf(file: string): string {
  return `import review from './${relative(dirname(file), file)}' with { type: 'json' }; and defineRoles({ … }, review).`;
}

function nameOf(reviewer: string): string {
  const name = reviewer.trim();
  if (name !== '' && name.length <= MAX_REVIEWER_LENGTH) return name;
  throw invalidOption({
    location: '--reviewer',
    found: JSON.stringify(reviewer.slice(0, 40)),
    expected: `a name of 1 to ${MAX_REVIEWER_LENGTH} characters`,
    fix: 'Name the person who is responsible for the review.',
  });
}

/** Returns a valid day that is not in the future. */
function dayOf(date: string | undefined): string {
  const today = new Date().toISOString().slice(0, 10);
  if (date === undefined) return today;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date) && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) === true;
  if (isDay && date <= today) return date;
  throw invalidOption({
    location: '--date',
    found: date,
    expected: `a day up to today, ${today}, as YYYY-MM-DD`,
    fix: 'Give the day of the review.',
  });
}
