import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { webAclRuleMetrics } from '../../edge/webAclMetrics.ts';

import { decisionMetric, type RejectionName, rejectionMetric } from '../metrics.ts';
import { apiInsightRules, ruleName } from '../topContributors.ts';
import { alarmLines, thresholdsOf } from './alarmLines.ts';
import type { DashboardParts } from './parts.ts';
import { type Draft, graph, rows, titleOf, topContributors } from './widgets.ts';

/** Kinds of rejections, by what people call them. */
const REASONS: Readonly<Record<Exclude<RejectionName, 'AuthorizerFailed'>, string>> = {
  Unauthorized: '401 no valid token',
  Forbidden: '403 not allowed',
  Throttled: '429 too many',
  NotFound: '404 not found',
  Malformed: '4xx malformed',
  WafBlocked: 'web ACL',
};

/** Contributor Insights rules with their titles, most useful first. Those that an API does not have are left out. */
const CONTRIBUTORS: Readonly<Record<string, string>> = {
  TopAddresses: 'Addresses with most requests',
  TopClients: 'Clients with most requests',
  RejectedTokens: 'Addresses with most rejected tokens (401)',
  RejectedSubjects: 'Subjects whose tokens are rejected most (401)',
  RejectedClients: 'Clients whose tokens are rejected most (401)',
  MissingTokens: 'Addresses with most requests without a token (401)',
  DeniedCallers: 'Callers that are denied most (403)',
  DeniedRoutes: 'Routes that deny most, and why (403)',
  TopThrottled: 'Clients and routes that are throttled most (429)',
  NotFoundAddresses: 'Addresses with most 404',
  MalformedAddresses: 'Addresses with most malformed requests',
  BlockedAddresses: 'Addresses that the web ACL blocks most',
  BlockedRules: 'Rules of the web ACL that block most',
  RateLimitedAddresses: 'Addresses that the web ACL limits most',
};

/** Rejected requests: why, how many of one source, and who. */
export function securitySection(parts: DashboardParts): readonly IWidget[] {
  const { restApi, specs } = parts;
  const name = restApi.restApiName;
  const reasons = Object.entries(REASONS).map(([kind, label]) =>
    rejectionMetric(name, kind as RejectionName, { label }),
  );
  const decisions = (['Allow', 'Deny', 'Reject', 'Error'] as const).map((outcome) =>
    decisionMetric(name, `Authorizer${outcome}`, { label: outcome.toLowerCase() }),
  );
  const blocked = [
    rejectionMetric(name, 'WafBlocked', { label: 'all' }),
    ...webAclRuleMetrics(parts.webAcl).map(({ rule, blocked: of }) => of.with({ label: rule })),
  ];
  const graphs = [
    graph({ title: 'Rejected requests by reason', lines: reasons, stacked: true }),
    graph({ title: 'Decisions of the authorizer (the gateway caches them)', lines: decisions, stacked: true }),
    graph({
      title: 'Of one source in five minutes, where alarms fire',
      ...alarmLines(specs, ['FailedLogins', 'Probing', 'Scanning', 'Fuzzing']),
    }),
    graph({
      title: 'Of one source in an hour, where alarms fire',
      ...alarmLines(specs, ['FailedLoginsSlow', 'ProbingSlow', 'ForgedTokens']),
    }),
    graph({
      title: titleOf('Web ACL: blocked requests by rule', blocked),
      lines: blocked,
      thresholds: thresholdsOf(specs.filter(({ id }) => id === 'WafBlocks')),
    }),
    graph({
      title: 'Requests that the authorizer could not decide, by cause',
      ...alarmLines(
        specs,
        specs.flatMap(({ id, namesCause }) => (isCause(namesCause, id) ? [id] : [])),
      ),
    }),
    ...(parts.assessedPools.length === 0 ? [] : [riskySignIns(specs)]),
  ];
  return [...rows(graphs, 2), ...contributors(parts)];
}

function riskySignIns(specs: DashboardParts['specs']): Draft {
  const ids = specs.flatMap(({ id, family }) => (family === 'SignInRisk' && !/Slow\d*$/.test(id) ? [id] : []));
  return graph({ title: 'Sign-ins at a high risk, or with a known password, in an hour', ...alarmLines(specs, ids) });
}

/** Alarms on groups of routes name a cause, too. */
function isCause(namesCause: string | undefined, id: string): boolean {
  return namesCause === 'ServerErrors' && !id.startsWith('ServerErrorsOf');
}

function contributors(parts: DashboardParts): readonly IWidget[] {
  const made = apiInsightRules(parts).map(({ id }) => id);
  const shown = Object.entries(CONTRIBUTORS).filter(([id]) => made.includes(id));
  return rows(
    shown.map(([id, title]) => topContributors(parts.restApi, title, ruleName(parts.restApi.restApiName, id))),
    2,
  );
}
