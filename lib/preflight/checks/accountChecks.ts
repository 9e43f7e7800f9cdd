import type { Account } from '../account.ts';
import { apiGatewaySettings } from '../facts/apiGateway.ts';
import { bootstrapVersion, unknownTypes } from '../facts/deployedStack.ts';
import { nameExists, signInDomainOwner } from '../facts/names.ts';
import { lambdaSettings, reservedConcurrency, subscriptionsOf, webAclCapacity } from '../facts/services.ts';
import { type Check, type CheckContext, deployedIds, type Result } from './context.ts';
import { checkAccount, checkBootstrap, checkLookups, checkStackState, checkTypes, typesToKnow } from './environment.ts';
import { checkName, checkSignInDomain, checkSubscriptions, newNames, notifiedTopics, signInDomains } from './names.ts';
import {
  checkAccountRate,
  checkCodeStorage,
  checkConcurrency,
  checkLogRole,
  checkThrottles,
  reservedBy,
} from './traffic.ts';
import { checkCapacity, rulesToWeigh } from './webAcl.ts';

/** The checks of settings, states and names. */
export function accountChecks(
  account: Account,
  context: CheckContext,
  { accountRate }: { readonly accountRate?: { readonly written: unknown } },
): readonly Check[] {
  const settings = apiGatewaySettings(account);
  // Each check that needs them reports a failure; without any, nobody would.
  settings.catch(() => undefined);
  const { bootstrap } = context.stack;
  return [
    check('account', async () => checkAccount(context)),
    ofStack('deployed stack', async () => checkStackState(context)),
    check('lookups', async () => checkLookups(context)),
    check('CDK bootstrap', async () =>
      bootstrap === undefined ? [] : checkBootstrap(context, await bootstrapVersion(account, bootstrap.parameter)),
    ),
    check('resource types', async () => checkTypes(context, await unknownTypes(account, typesToKnow(context)))),
    check('logs of API Gateway', async () => checkLogRole(context, await settings)),
    check('throttles', async () => checkThrottles(context, await settings)),
    check('account rate', async () =>
      accountRate === undefined ? [] : checkAccountRate(context, accountRate.written, await settings),
    ),
    ofStack('Lambda concurrency', async () => concurrency(account, context)),
    ...rulesToWeigh(context).map(({ id, rules, known }) =>
      check(`capacity of ${id}`, async () => checkCapacity(known + (await webAclCapacity(account, rules)))),
    ),
    ...newNames(context).map((one) =>
      ofStack(one.name, async () => checkName(context, one, await nameExists(account, one.type, one.name))),
    ),
    ...signInDomains(context).map((name) =>
      ofStack('sign-in domain', async () => checkSignInDomain(context, name, await signInDomainOwner(account, name))),
    ),
    ...notifiedTopics(context).map((topic) =>
      ofStack('alarm e-mails', async () =>
        checkSubscriptions(context, topic, await subscriptionsOf(account, topic.arn)),
      ),
    ),
  ];
}

async function concurrency(account: Account, context: CheckContext): Promise<readonly Result[]> {
  const functions = context.template.ofType('AWS::Lambda::Function').map(({ properties }) => properties);
  if (functions.length === 0) return [];
  // What deployed functions have reserved becomes free before the new reservations count.
  const deployed = reservedBy(functions) === 0 ? [] : deployedIds(context, 'AWS::Lambda::Function');
  const [limits, released] = await Promise.all([lambdaSettings(account), reservedConcurrency(account, deployed)]);
  return [...checkConcurrency(context, limits, released), ...checkCodeStorage(context, limits)];
}

function check(name: string, run: Check['run']): Check {
  return { check: name, run };
}

function ofStack(name: string, run: Check['run']): Check {
  return { check: name, run, needsStack: true };
}
