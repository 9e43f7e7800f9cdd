import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BLOCKED_QUERY } from '../../../lambdas/shared/blockedQuery.ts';
import { accessComments } from './accessComments.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** A query of Logs Insights. */
export interface SavedQuery {
  readonly id: string;
  /** Shown in Logs Insights, below a folder named after the API. */
  readonly name: string;
  readonly statements: ConstructorParameters<typeof QueryString>[0];
  readonly logGroups: readonly LogGroup[];
  /** Lines before the statements, each with `#`. @default - none */
  readonly comments?: readonly string[];
}

/** A query that begins with lines for its reader. */
class CommentedQuery extends QueryString {
  private readonly comments: readonly string[];

  constructor({ statements, comments = [] }: Pick<SavedQuery, 'statements' | 'comments'>) {
    super(statements);
    this.comments = comments;
  }

  override toString(): string {
    return [...this.comments, super.toString()].join('\n');
  }
}

/** Saves Logs Insights queries for the questions that follow an alarm. */
export function saveQueries(scope: Construct, resources: MonitoredResources): void {
  const folder = resources.restApi.restApiName;
  const queries = new Construct(scope, 'Queries');
  for (const query of savedQueries(resources)) saveQuery(queries, folder, query);
}

/** Saves one query. */
export function saveQuery(scope: Construct, folder: string, { id, name, logGroups, ...query }: SavedQuery): void {
  new QueryDefinition(scope, id, {
    queryDefinitionName: `${folder}/${name}`,
    queryString: new CommentedQuery(query),
    logGroups: [...logGroups],
  });
}

/** What a web ACL blocked. */
export function blockedQuery(log: LogGroup, where = ''): SavedQuery {
  return {
    id: 'Blocked',
    name: `Blocked requests${where} by rule, address and path`,
    logGroups: [log],
    statements: BLOCKED_QUERY,
  };
}

/** The queries of an API. */
export function savedQueries({ api, accessLog, authorizer, webAclLog }: MonitoredResources): readonly SavedQuery[] {
  const access = [accessLog];
  const decisions = [authorizer.logGroup as LogGroup];
  return [
    {
      id: 'RejectedRequests',
      name: 'Rejected requests by client, address and reason',
      logGroups: access,
      statements: {
        filterStatements: ['status like /^4/'],
        statsStatements: ['count(*) as requests by ip, client, status, errorType'],
        sort: 'requests desc',
        limit: 50,
      },
    },
    {
      id: 'Throttled',
      name: 'Throttled requests by client and route',
      logGroups: access,
      statements: {
        filterStatements: ['status = "429"'],
        statsStatements: ['count(*) as requests by client, tier, method, routePath, errorType'],
        sort: 'requests desc',
        limit: 50,
      },
    },
    {
      id: 'Rejections',
      name: 'Rejected tokens by reason and source',
      logGroups: decisions,
      statements: {
        filterStatements: ['decision = "reject" or decision = "error"'],
        statsStatements: ['count(*) as requests by reason, sourceIp, subject, client'],
        sort: 'requests desc',
        limit: 50,
      },
    },
    {
      id: 'Denials',
      name: 'Denied requests by caller and route',
      logGroups: access,
      comments: ['# What routes need:', ...accessComments(api)],
      statements: {
        filterStatements: ['status = "403" and errorType = "ACCESS_DENIED"'],
        statsStatements: ['count(*) as requests by subject, client, method, routePath, roles, denialReason'],
        sort: 'requests desc',
        limit: 50,
      },
    },
    {
      id: 'Traffic',
      name: 'Requests by client and route',
      logGroups: access,
      statements: {
        statsStatements: ['count(*) as requests, pct(latency, 99) as p99 by client, tier, method, routePath'],
        sort: 'requests desc',
        limit: 50,
      },
    },
    {
      id: 'ServerErrors',
      name: 'Failed requests',
      logGroups: access,
      statements: {
        fields: [
          '@timestamp',
          'requestId',
          'method',
          'routePath',
          'status',
          'errorType',
          'integrationStatus',
          'latency',
        ],
        filterStatements: ['status like /^5/'],
        sort: '@timestamp desc',
        limit: 100,
      },
    },
    ...(webAclLog === undefined ? [] : [blockedQuery(webAclLog)]),
  ];
}
