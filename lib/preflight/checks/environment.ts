import { error, ok, shellWord, warning } from '../finding.ts';
import type { CheckContext, Result } from './context.ts';

/** The qualifier that `cdk bootstrap` uses unless an option names another. */
const DEFAULT_QUALIFIER = 'hnb659fds';

/** Compares the version of the bootstrap stack with the one that the assembly needs. */
export function checkBootstrap(context: CheckContext, version: number | undefined): readonly Result[] {
  const { bootstrap } = context.stack;
  if (bootstrap === undefined) return [];
  const expected = `version ${bootstrap.version} or later, in ${bootstrap.parameter}`;
  const qualifier = /^\/cdk-bootstrap\/([^/]+)\/version$/.exec(bootstrap.parameter)?.[1] ?? DEFAULT_QUALIFIER;
  const option = qualifier === DEFAULT_QUALIFIER ? '' : ` --qualifier ${shellWord(qualifier)}`;
  const fix = `npx cdk bootstrap aws://${context.account}/${context.region}${option}`;
  if (version === undefined) return [error({ code: 'bootstrap-missing', found: 'no bootstrap stack', expected, fix })];
  if (version >= bootstrap.version) return [ok(`version ${version}`)];
  return [error({ code: 'bootstrap-outdated', found: `version ${version}`, expected, fix })];
}

/** Compares the account of the credentials with the one that the app fixed. */
export function checkAccount({ stack, account, region }: CheckContext): readonly Result[] {
  if (stack.account === undefined || stack.account === account) return [ok(`${account} in ${region}`)];
  return [
    error({
      code: 'account-other',
      found: `credentials of account ${account}`,
      expected: `account ${stack.account}, which the app fixes for this stack`,
      fix: `export AWS_PROFILE=… # a profile of account ${stack.account}`,
    }),
  ];
}

/** Reports lookups of the CDK that are not in `cdk.context.json`: the template holds placeholders for them. */
export function checkLookups({ stack }: CheckContext): readonly Result[] {
  if (stack.missing.length === 0) return [];
  return [
    warning({
      code: 'context-missing',
      found: `no result for the lookup of ${stack.missing.map(({ provider }) => provider).join(', ')}`,
      expected: 'a committed cdk.context.json, so that every synth uses the same values',
      fix: 'npx cdk synth --quiet',
    }),
  ];
}

/** States that accept no deployment before somebody acts, with the commands to do so. */
const BLOCKED: Readonly<Record<string, (name: string) => string>> = {
  ROLLBACK_COMPLETE: deletion,
  ROLLBACK_FAILED: deletion,
  DELETE_FAILED: deletion,
  UPDATE_ROLLBACK_FAILED: (name) => `aws cloudformation continue-update-rollback --stack-name ${name}`,
  IMPORT_ROLLBACK_FAILED: (name) => `aws cloudformation continue-update-rollback --stack-name ${name}`,
  CREATE_FAILED: (name) => `npx cdk rollback ${name}`,
  UPDATE_FAILED: (name) => `npx cdk rollback ${name}`,
};

/** Reports a deployed stack that accepts no update. */
export function checkStackState({ stack, deployed, region }: CheckContext): readonly Result[] {
  const { status, statusReason } = deployed;
  if (status === undefined) return [ok('not deployed yet')];
  const found = statusReason === undefined ? status : `${status}: ${statusReason}`;
  const fix = BLOCKED[status]?.(shellWord(stack.name));
  const inRegion = (command: string) => command.replaceAll(/(aws cloudformation [^\n]*)/g, `$1 --region ${region}`);
  if (fix !== undefined) {
    const expected = 'a stack that can be updated, or none';
    return [error({ code: 'stack-blocked', found, expected, fix: inRegion(fix) })];
  }
  // A stack in review has a change set and no resources: the next deployment replaces the change set.
  if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return [ok(status)];
  return [
    error({
      code: 'stack-busy',
      found,
      expected: 'a stack without an operation in progress',
      fix: inRegion(`aws cloudformation describe-stack-events --stack-name ${shellWord(stack.name)}`),
    }),
  ];
}

function deletion(name: string): string {
  return [
    `aws cloudformation delete-stack --stack-name ${name}`,
    `aws cloudformation wait stack-delete-complete --stack-name ${name}`,
  ].join('\n');
}

/** Reports resource types that CloudFormation does not know in the region. */
export function checkTypes({ region }: CheckContext, unknown: readonly string[]): readonly Result[] {
  if (unknown.length === 0) return [ok('every resource type of the template')];
  return [
    error({
      code: 'region-without-type',
      found: `${region} does not have ${unknown.join(', ')}`,
      expected: 'a region that has every resource type of the template',
      fix: 'Deploy in another region, or leave out what needs these types.',
    }),
  ];
}

/** The resource types that the region has to know. Types of the CDK and of extensions are not in the public registry. */
export function typesToKnow({ template }: CheckContext): readonly string[] {
  const types = template.resources.map(({ type }) => type);
  return [...new Set(types)]
    .filter((type) => type.startsWith('AWS::') && !/^AWS::(CDK|CloudFormation)::/.test(type))
    .sort();
}
