import { isRecord } from '../../../lambdas/shared/json.ts';
import { WEB_ACL_LOG_PREFIX } from '../../../lambdas/shared/monitoringNames.ts';
import { loadSdk } from '../../aws/sdk.ts';
import { ConfigError } from '../../definition/errors.ts';
import { deployedTemplate } from '../access/deployedTemplate.ts';
import { isPolicy } from '../access/templatePolicy.ts';
import type { ApiSelection, DeployedApi } from '../deployedApi.ts';
import type { LogSource, Source } from './source.ts';

type Json = Readonly<Record<string, unknown>>;

/** A resource of a stack. */
interface StackResource {
  readonly id: string;
  readonly type: string;
  /** The name that the service gave it. */
  readonly name: string;
}

/**
 * Finds the logs and alarms of a deployed API: its template names them (GetTemplate), and the stack has their names (ListStackResources).
 *
 * @throws {ConfigError} `api-not-deployed` for a stack of a release that did not name its logs. Errors of the service are thrown unchanged.
 */
export async function deployedSource(api: DeployedApi, selection: ApiSelection): Promise<Source> {
  const template = recordOf(await deployedTemplate(api.stackId, api.region));
  const resources = await resourcesOf(api);
  const { logs, access } = hintsOf(template, api, selection);
  const nameOf = new Map(resources.map(({ id, name }) => [id, name]));
  const named = (reference: unknown, name: string, kind: LogSource['kind']): readonly LogSource[] => {
    const logGroup = nameOf.get(String(recordOf(reference)['Ref']));
    return logGroup === undefined ? [] : [{ kind, name, logGroup }];
  };
  const webAcl = resources.filter(
    ({ type, name }) => type === 'AWS::Logs::LogGroup' && name.startsWith(WEB_ACL_LOG_PREFIX),
  );
  return {
    name: api.name,
    logs: [
      ...named(logs['access'], 'access', 'access'),
      ...named(logs['authorizer'], 'authorizer', 'authorizer'),
      ...webAcl.map(({ name }) => ({ kind: 'webAcl' as const, name: 'web ACL', logGroup: name })),
      ...Object.entries(recordOf(logs['functions'])).flatMap(([group, log]) => named(log, group, 'function')),
    ],
    ...(isPolicy(access) ? { access } : {}),
    routes: routesOf(access),
    alarms: new Set(
      resources.filter(({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type)).map((one) => one.name),
    ),
    settings: () => ({ region: api.region }),
    now: Date.now,
    close: async () => undefined,
  };
}

async function resourcesOf({ stackId, region }: DeployedApi): Promise<readonly StackResource[]> {
  const { CloudFormationClient, paginateListStackResources } = (await loadSdk('cloudFormation')).cloudFormation;
  const client = new CloudFormationClient({ region });
  try {
    const found: StackResource[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
      for (const {
        LogicalResourceId: id = '',
        ResourceType: type = '',
        PhysicalResourceId: name = '',
      } of page.StackResourceSummaries ?? [])
        found.push({ id, type, name });
    }
    return found;
  } finally {
    client.destroy();
  }
}

/** What the construct wrote about the API into the template, beside its REST API. */
function hintsOf(template: Json, { name }: DeployedApi, { stack }: ApiSelection) {
  const apis = Object.values(recordOf(template['Resources']))
    .map(recordOf)
    .filter(({ Type }) => Type === 'AWS::ApiGateway::RestApi')
    .map(({ Properties, Metadata }) => ({
      name: recordOf(Properties)['Name'],
      hints: recordOf(recordOf(Metadata)['secure-api']),
    }));
  const found = apis.find((one) => one.name === name) ?? (apis.length === 1 ? apis[0] : undefined);
  const logs = recordOf(found?.hints['logs']);
  if (logs['access'] !== undefined) return { logs, access: recordOf(found?.hints['access']) };
  throw new ConfigError({
    code: 'api-not-deployed',
    location: `--stack ${stack}`,
    found: `the API ${name}, whose template does not name its logs`,
    expected: 'a stack that this release of the package deployed',
    fix: 'Deploy the stack again with this release.',
  });
}

function routesOf({ routes }: Json): NonNullable<Source['routes']> {
  const all = Array.isArray(routes) ? routes.map(recordOf) : [];
  return all.map(({ id, method, path }) => ({ id: String(id), method: String(method), path: String(path) }));
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}
