import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { mostOpen, openPairs, openRoutes } from '../access/index.ts';
import type { Api } from '../definition/api.ts';
import { gatewayGaps } from '../openapi/index.ts';
import type { PublicAddress } from './edge/publicAddress.ts';
import { headroomWarnings } from './limits/accountRate.ts';
import { type Notify, recipientsOf } from './monitoring/notify.ts';
import { GROUPS_WITH_OBJECTIVES } from './monitoring/objectiveAlarms.ts';
import type { Settings } from './settings.ts';

/**
 * Adds what the synth reports: warnings of the definition, rules that API Gateway cannot check, limits above the account's, paths that
 * repeat the base path, alarms that nobody hears of.
 */
export function addWarnings(
  scope: Construct,
  api: Api,
  {
    throttle,
    accountRate,
    stageName,
    address,
    notify = [],
  }: Settings & { readonly address?: PublicAddress; readonly notify: readonly Notify[] | undefined },
): void {
  const annotations = Annotations.of(scope);
  for (const { code, location, found, expected, fix } of api.warnings) {
    annotations.addWarningV2(`secure-api:${code}`, `${location}: found ${found}; expected ${expected}. ${fix}`);
  }
  const gaps = gatewayGaps(api).length;
  if (gaps > 0) {
    annotations.addInfo(
      `${gaps} rules of the definition are checked by the functions alone, because API Gateway cannot: secure-api openapi --gaps lists them.`,
    );
  }
  const left = leftToHandlers(api, stageName);
  if (left !== undefined) annotations.addInfo(left);
  for (const warning of headroomWarnings(api, throttle, accountRate)) {
    annotations.addWarningV2('secure-api:account-headroom', warning);
  }
  const repeated = repeatedBasePath(api, address);
  if (repeated !== undefined) annotations.addWarningV2('secure-api:base-path-repeated', repeated);
  const groups = new Set(Object.values(api.routes).map(({ group }) => group)).size;
  if (api.slo !== undefined && groups > GROUPS_WITH_OBJECTIVES) {
    annotations.addInfo(
      `slo: found ${groups} groups of routes; with more than ${GROUPS_WITH_OBJECTIVES}, alarms on objectives are for the API as a whole.`,
    );
  }
  if (notify.length > 0 && notify.every(({ target }) => 'secret' in target)) {
    annotations.addWarningV2(
      'secure-api:notified-by-one-function',
      "notify: found only recipients that one function notifies; expected one that also hears when that function fails. Add a mail address, such as Notify.email('ops@example.com').",
    );
  }
  if (recipientsOf(notify, 'page').length === 0) {
    annotations.addWarningV2(
      'secure-api:nobody-notified',
      "notify: found no recipient of alarms with the severity page; expected at least one. Add one, such as notify: [Notify.email('ops@example.com')].",
    );
  }
}

/** What the policies of the authorizer leave to the second check of the handlers. */
function leftToHandlers(api: Api, stage: string): string | undefined {
  const { roles, pairs } = openRoutes(api, stage);
  const ofRoles = Object.entries(roles).map(([role, count]) => `${role} (${count})`);
  const ofPairs = pairs.most === undefined ? [] : [`${openPairs(pairs)}, ${mostOpen(pairs.most)}`];
  const listed = [...ofRoles, ...ofPairs].join(', ');
  return listed === ''
    ? undefined
    : `Policies of the authorizer have at most 8,192 characters, so they leave routes to the second check of the handlers: ${listed}. Give the routes of a resource one permission, or split the API: docs/large-apis.md of secure-api.`;
}

/** A base path is no part of the paths of a definition, so a path that begins with it has it twice in its URL. */
function repeatedBasePath({ routes }: Api, address: PublicAddress | undefined): string | undefined {
  const last = address?.basePath.split('/').at(-1) ?? '';
  const route = Object.values(routes).find(({ path }) => last !== '' && path.split('/')[1] === last);
  if (address === undefined || route === undefined) return undefined;
  const { hostName, basePath } = address;
  const host = Token.isUnresolved(hostName) ? '' : `https://${hostName}`;
  const found = `'${basePath}', so that ${route.path} of the definition is ${host}/${basePath}${route.path}`;
  const fix = "Choose another base path, such as 'v1', or leave the segment out of the paths of the definition.";
  return `domain.basePath: found ${found}; expected a base path that no path of the definition begins with. ${fix}`;
}
