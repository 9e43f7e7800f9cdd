import { type Account, ReadFailure } from './account.ts';
import type { SynthesizedStack } from './assembly.ts';
import { accountChecks } from './checks/accountChecks.ts';
import type { CheckContext } from './checks/context.ts';
import { domainChecks } from './checks/domainChecks.ts';
import { quotaChecks } from './checks/quotaChecks.ts';
import { deployedStack } from './facts/deployedStack.ts';
import type { Finding } from './finding.ts';
import { openTemplate } from './template.ts';

/** Makes the policy that allows every call, for an administrator to attach. */
const POLICY = [
  'npx secure-api preflight --policy > preflight-policy.json',
  'aws iam create-policy --policy-name secure-api-preflight --policy-document file://preflight-policy.json',
].join('\n');

/** The result of a preflight. */
export interface PreflightReport {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly findings: readonly Finding[];
}

/** What to check, besides the account. */
export interface PreflightOptions {
  /** The `secure-api:accountRate` of the synth, in a member so that "none" is a value; left out when nobody knows it. */
  readonly accountRate?: { readonly written: unknown };
  readonly now: Date;
}

/**
 * Compares what a stack needs with what the account has. Every call reads. All run at the same time, so an account that denies
 * some of them still gives the results of the others.
 *
 * @throws {ConfigError} `credentials-unusable` when AWS rejects the credentials.
 */
export async function preflight(
  account: Account,
  stack: SynthesizedStack,
  options: PreflightOptions,
): Promise<PreflightReport> {
  const { id, region, partition } = account;
  const template = openTemplate(stack.template, { stackName: stack.name, account: id, region, partition });
  const deployed = await settled(deployedStack(account, stack.name));
  const context: CheckContext = {
    stack,
    template,
    deployed: deployed.value ?? { status: undefined, resources: [] },
    account: id,
    region,
    partition,
  };
  const checks = [
    ...accountChecks(account, context, options),
    ...quotaChecks(account, context),
    ...domainChecks(account, context, options.now),
  ];
  const results = await Promise.all(
    checks.map(async ({ check, run, needsStack = false }): Promise<readonly Finding[]> => {
      const blocker = needsStack ? deployed.failure : undefined;
      const { value, failure = blocker } = blocker === undefined ? await settled(run()) : {};
      if (failure !== undefined) return [unchecked(check, failure)];
      return (value ?? []).map((result) => ({ check, ...result }));
    }),
  );
  return { stack: stack.name, account: id, region, findings: results.flat() };
}

interface Settled<T> {
  readonly value?: T;
  readonly failure?: ReadFailure;
}

/** A call without result is a finding. Any other error ends the command. */
async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    if (error instanceof ReadFailure) return { failure: error };
    throw error;
  }
}

function unchecked(check: string, { action, message, isDenied }: ReadFailure): Finding {
  return {
    severity: 'unchecked',
    code: 'unchecked',
    check,
    found: message,
    expected: isDenied ? `the right ${action}` : 'a response',
    fix: isDenied ? POLICY : 'Run the command again.',
    action,
  };
}
