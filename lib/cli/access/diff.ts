import { Command } from 'commander';
import { type AccessChange, type AccessDiff, accessPolicy, diffAccess } from '../../access/index.ts';
import { EXIT } from '../exitCodes.ts';
import { chosenDefinition, DEFINITION_OPTION, loadReviewableFrom } from '../loadDefinition.ts';
import { invalidOption, withExamples } from '../options.ts';
import { print } from '../output.ts';
import { type DiffOptions, type PolicySource, policyBefore } from './policyBefore.ts';

const NOTES = `
A path that exists is read as an assembly or a template, anything else as a git ref. The checkout
does not change. The definition at the ref is code, and is run.`;

/** `secure-api access diff`: what a change grants and takes away in sentences. */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description('print what the definition grants and takes away, compared with an earlier state')
    .argument('[before]', 'a git ref, a cloud assembly, or a template file')
    .option(...DEFINITION_OPTION)
    .option('--stack <name>', 'compare with this deployed stack; in an assembly, take this stack')
    .option('--region <region>', 'region of the deployed stack (default: that of the AWS configuration)')
    .option('--json', 'print { before, after, widens, changes } as JSON')
    .action(async (before: string | undefined, options: DiffOptions) => {
      const { api, file } = await loadReviewableFrom(chosenDefinition(options.definition));
      const source = await policyBefore(before, { options, api: api.name, file });
      requireSameApi(source, api.name);
      const diff = diffAccess(source.policy, accessPolicy(api));
      print(options.json === true ? jsonOf(diff, source) : stringOf(diff, { api: api.name, from: source.name }));
      if (diff.widens) process.exitCode = EXIT.accessWidens;
    });
  return withExamples(
    command,
    'secure-api access diff main',
    'secure-api access diff HEAD~1 --json',
    'secure-api access diff cdk.out',
    'secure-api access diff deployed-template.json',
    'secure-api access diff --stack Documents --region eu-west-1',
  ).addHelpText('after', NOTES);
}

function requireSameApi({ policy, name }: PolicySource, api: string): void {
  if (policy.api === api) return;
  throw invalidOption({
    location: name,
    found: `the access of ${policy.api}`,
    expected: `that of ${api}`,
    fix: 'Name the definition of the API with --definition, or the stack with --stack.',
  });
}

function jsonOf({ widens, changes }: AccessDiff, { name }: PolicySource): string {
  return JSON.stringify({ before: name, after: 'definition', widens, changes }, null, 2);
}

function stringOf({ widens, changes }: AccessDiff, { api, from }: { api: string; from: string }): string {
  const head = `${api}: access compared with ${from}`;
  if (changes.length === 0) return `${head}\n\nNobody gains or loses access.`;
  const parts = [
    partOf(
      'Grants',
      '+',
      changes.filter(({ effect }) => effect === 'widens'),
    ),
    partOf(
      'Takes away',
      '-',
      changes.filter(({ effect }) => effect === 'narrows'),
    ),
    partOf(
      'Changes nothing for anybody',
      '=',
      changes.filter(({ effect }) => effect === 'neither'),
    ),
    [widens ? 'Somebody gains access: have this change reviewed.' : 'Nobody gains access.'],
  ];
  return [head, ...parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))].join('\n\n');
}

function partOf(title: string, sign: string, changes: readonly AccessChange[]): readonly string[] {
  return changes.length === 0 ? [] : [title, ...changes.map(({ sentence }) => `  ${sign} ${sentence}`)];
}
