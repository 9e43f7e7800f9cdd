import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { WEB_ACL_LOG_PREFIX } from '../../../lambdas/shared/monitoringNames.ts';
import { isPolicy } from '../access/templatePolicy.ts';
import { deployedApi, selectionOf, withStackOrLocal } from '../deployedApi.ts';
import { findGateway, runningGateway } from '../findGateway.ts';
import { loadLocal, type Ready } from '../localPackage.ts';
import { missingOption, withGateway } from '../options.ts';
import { deployedSource } from './deployedSource.ts';
import type { ClientSettings, LogKind, LogSource, Source } from './source.ts';

/** The options that say what is observed. */
export interface SourceOptions {
  readonly stack?: string;
  readonly api?: string;
  readonly region?: string;
  readonly readyFile?: string;
  readonly data: string;
}

/** Adds the options that select a deployed API or a local gateway. */
export function withSource(command: Command): Command {
  return withGateway(withStackOrLocal(command, ['readyFile']));
}

/** Opens the API that the options select; a running gateway, unless they name a stack. */
export async function openSource(options: SourceOptions): Promise<Source> {
  const selection = options.stack === undefined ? undefined : selectionOf(options);
  if (selection !== undefined) return deployedSource(await deployedApi(selection), selection);
  rejectRegion(options);
  return gatewaySource(findGateway(options), options.api);
}

/** Like {@link openSource}, but where no gateway runs, the logs of the last one. Nothing else of it is left. */
export async function openLogs(options: SourceOptions): Promise<Source> {
  const { stack, readyFile, data } = options;
  const isStored = stack === undefined && readyFile === undefined && runningGateway(options) === undefined;
  if (!isStored || !existsSync(join(data, 'logs'))) return openSource(options);
  rejectRegion(options);
  const stored = await (await loadLocal()).serveStoredLogs(data);
  const logs = stored.logGroups.map((logGroup) => ({ logGroup, name: logGroup, ...folderOf(logGroup) }));
  return {
    name: '',
    logs: logsOf(logs, options.api),
    settings: (service) => localSettings(stored.environment, service),
    now: Date.now,
    close: stored.close,
  };
}

function rejectRegion({ region }: SourceOptions): void {
  if (region === undefined) return;
  const fix = 'Name the stack, or leave --region out to read this machine.';
  throw missingOption({ location: '--stack', found: '--region alone', expected: 'the stack of the API', fix });
}

function gatewaySource(ready: Ready, wanted: string | undefined): Source {
  const { apis, clock, environment, logs } = ready;
  const matching = apis.filter(({ name, definition }) => wanted === undefined || [name, definition].includes(wanted));
  const [only] = matching;
  if (only === undefined || matching.length > 1) {
    const found = apis.map(({ name }) => name).join(', ');
    throw missingOption({
      location: '--api',
      found:
        wanted === undefined ? `several APIs: ${found}` : `${JSON.stringify(wanted)}, and the gateway serves ${found}`,
      expected: 'the name of one of them',
      fix: `Select one: --api ${apis[0]?.name ?? 'NAME'}.`,
    });
  }
  return {
    name: only.name,
    logs: logsOf(logs, apis.length > 1 ? only.name : undefined),
    ...(isPolicy(only.access) ? { access: only.access, routes: only.access.routes } : {}),
    settings: (service) => localSettings(environment, service),
    now: () => clock.startedAt + (Date.now() - clock.startedAt) * clock.speed,
    close: async () => undefined,
  };
}

function localSettings(environment: Readonly<Record<string, string>>, service: string): ClientSettings {
  const { AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { region: AWS_REGION, endpoint: environment[`AWS_ENDPOINT_URL_${service}`] ?? '', credentials };
}

/** With several APIs, the files of each are in a folder. */
function folderOf(name: string): { readonly api?: string } {
  const [, api] = /^(.+)\//.exec(name) ?? [];
  return api === undefined ? {} : { api };
}

/** The logs of one API, by the names of their files. */
function logsOf(
  logs: readonly { readonly name: string; readonly logGroup: string; readonly api?: string }[],
  api: string | undefined,
): readonly LogSource[] {
  return logs
    .filter((log) => api === undefined || log.api === undefined || log.api === api)
    .map(({ name, logGroup }) => ({ name, logGroup, kind: kindOf(name) }));
}

function kindOf(path: string): LogKind {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'access' || name === 'authorizer') return name;
  return name.startsWith(WEB_ACL_LOG_PREFIX) || name === 'web-acl' ? 'webAcl' : 'function';
}
