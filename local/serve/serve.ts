import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loadAssembly } from '../assembly/load.ts';
import type { EmulationGap, StackModel } from '../assembly/model.ts';
import type { LambdaRunner, LocalGateway, Ready, ServeOptions } from '../contracts.ts';
import { apiGaps } from '../gateway/gaps/api.ts';
import { createGateway } from '../gateway/gateway.ts';
import { type ApiServer, startServer } from '../gateway/server.ts';
import { createLambdaRunner } from '../lambda/runner.ts';
import { keyRegistry } from '../services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../services/apigateway/start.ts';
import { createUsageRecords } from '../services/apigateway/usageRecords.ts';
import { type LocalTls, localTls } from '../services/certificates.ts';
import { createClock } from '../services/clock.ts';
import { closedDirectory, closeFiles, writePrivateFile } from '../services/files.ts';
import { claimsToRequest, exampleClaims } from '../services/issuer/assignedClaims.ts';
import type { TokenSettings } from '../services/issuer/tokenSettings.ts';
import { startLambdaEndpoint } from '../services/lambdaEndpoint.ts';
import { secretValues } from '../services/secrets/values.ts';
import { CURRENT, secretVersions } from '../services/secrets/versions.ts';
import { type StartedServices, startServices } from '../services/start.ts';
import { lockData } from './dataLock.ts';
import { clientLines, requiresBoundTokens, tokenIssuerGaps, tokenSettingsOf, withLocalIssuer } from './localIssuer.ts';
import { preTokenOf } from './preTokenTrigger.ts';
import { createTerminal } from './terminal.ts';

type Close = () => Promise<void> | void;

/** What the parts of a start share. */
interface Starting {
  readonly options: ServeOptions;
  readonly print: (line: string) => void;
  readonly data: string;
  /** What has to be ended, in the order in which it was started. */
  readonly closing: Close[];
}

/**
 * Serves a stack of a cloud assembly over HTTPS on this machine, and writes `<data>/ready.json` once it does. Files that this process makes are from then on for its user alone (umask 077).
 *
 * @throws `AssemblyError` for an assembly that cannot be run, `data-in-use`, `port-in-use`. What was started before is
 * ended then.
 * @example
 * ```ts
 * const gateway = await serve({ assembly: 'cdk.out', data: '.secure-api', port: 8443 });
 * console.log(gateway.ready.url);
 * await gateway.close();
 * ```
 */
export async function serve(options: ServeOptions): Promise<LocalGateway> {
  // SQLite makes files by the mask of the process. A thread cannot change it.
  if (isMainThread) process.umask(0o077);
  const data = realpathSync(closedDirectory(options.data));
  const closing: Close[] = [];
  try {
    closing.push(lockData(data));
    if (process.platform !== 'win32') closeFiles(data);
    return await start({ options, data, closing, print: options.print ?? (() => undefined) });
  } catch (error) {
    await closeAll(closing).catch(() => undefined);
    throw error;
  }
}

async function start(starting: Starting): Promise<LocalGateway> {
  const { options, data, closing, print } = starting;
  const secretValue = secretValues(data);
  const model = loadAssembly(options.assembly, { stack: options.stack, secretValue });
  const secretString = (arn: string) => {
    const secret = model.secrets.find((candidate) => candidate.arn === arn);
    return secret && secrets.of(secret).versions.find(({ stages }) => stages.includes(CURRENT))?.value;
  };
  const secrets = secretVersions(secretValue, data);
  const clock = createClock(options.speed);
  const tls = await localTls(data);
  const tokenSettings = tokenSettingsOf(model, secretString);
  const functions: { runner?: LambdaRunner } = {};
  const preToken = preTokenOf(model, () => functions.runner);
  const { scan, scanDelay } = options;
  const parts = { data, clock, secrets, tls, print, tokenSettings, preToken, scan, scanDelay };
  const services = await startServices(model, parts);
  closing.push(services.close);
  const notEmulated = sentences([
    ...model.emulationGaps,
    ...model.apis.flatMap(apiGaps),
    ...services.emulationGaps,
    ...tokenIssuerGaps(model.functions, secretString),
  ]);
  for (const line of clientLines(model.userPools)) print(line);
  const terminal = options.requests && createTerminal(print, options.requests.redact);
  closing.push(() => terminal?.flush());
  const keys = keyRegistry(data, model);
  const usageRecords = createUsageRecords();
  const control = await startControlPlane({ model, keys, usageRecords, clock }, services.access);
  closing.push(control.close);
  const ofFunctions = { ...services.environment, AWS_ENDPOINT_URL_API_GATEWAY: control.url };
  const lambda = createLambdaRunner(withLocalIssuer(model.functions, services.issuer, secretString), {
    environment: ofFunctions,
    caPem: tls.caPem,
    onLog: (logGroup, line) => {
      services.telemetry.log(logGroup, line);
      terminal?.logged(logGroup, line);
    },
    metric: services.telemetry.metric,
  });
  closing.push(lambda.close);
  functions.runner = lambda;
  const invocations = await startLambdaEndpoint(model.functions, lambda, services.access);
  closing.push(invocations.close);
  const { telemetry } = services;
  const servers = await startServers(model, starting, tls, (api) =>
    createGateway(api, model, { lambda, telemetry, clock, keys, usageRecords, print, ended: terminal?.ended }),
  );
  const environment = { ...ofFunctions, AWS_ENDPOINT_URL_LAMBDA: invocations.url };
  const dpop = requiresBoundTokens(model.functions, secretString) ? ({ dpop: 'required' } as const) : {};
  const ready = { ...readyOf(model, servers, { tls, services, data, environment, tokenSettings }), ...dpop };
  const file = join(data, 'ready.json');
  writePrivateFile(file, JSON.stringify(ready));
  closing.push(() => rmSync(file, { force: true }));
  return { ready, model, services, notEmulated, close: () => closeAll(closing) };
}

/** One listener an API: the first on the requested port, the others on free ports. */
async function startServers(
  model: StackModel,
  { options, closing }: Starting,
  tls: LocalTls,
  gatewayOf: (api: StackModel['apis'][number]) => ReturnType<typeof createGateway>,
): Promise<readonly ApiServer[]> {
  const servers: ApiServer[] = [];
  for (const [i, api] of model.apis.entries()) {
    const server = await startServer(api, gatewayOf(api), { tls, port: i === 0 ? options.port : 0 });
    closing.push(server.close);
    servers.push(server);
  }
  return servers;
}

interface ReadyParts {
  readonly tls: LocalTls;
  readonly services: StartedServices;
  readonly data: string;
  readonly environment: Ready['environment'];
  readonly tokenSettings: TokenSettings;
}

function readyOf(
  model: StackModel,
  servers: readonly ApiServer[],
  { tls, services, data, environment, tokenSettings }: ReadyParts,
): Ready {
  const apis = servers.map(({ port }, i) => {
    const { name = '', webhooks, tokenHints, routes = [] } = model.apis[i] ?? {};
    const { roles = [], tiers = [], claims = {} } = tokenHints ?? {};
    const requiredClaims = claimsToRequest(claims, tokenSettings);
    const claimExamples = exampleClaims(claims, tokenSettings);
    return {
      name,
      url: `https://localhost:${port}`,
      ...(webhooks === undefined ? {} : { webhooks }),
      ...(requiredClaims.length === 0 ? {} : { requiredClaims }),
      ...(Object.keys(claimExamples).length === 0 ? {} : { claimExamples }),
      roles,
      tiers,
      routes,
    };
  });
  const dynamodb = services.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  const url = apis[0]?.url ?? '';
  return { url, ca: tls.caPath, issuer: services.issuer, pid: process.pid, data, dynamodb, environment, apis };
}

/** Each gap once, in the order of the stack. */
function sentences(gaps: readonly EmulationGap[]): readonly string[] {
  return [...new Set(gaps.map(({ resource, type, detail }) => `${resource} (${type}): ${detail}`))];
}

/** Ends what runs, last started first; each part even if another fails. Safe to call twice. */
async function closeAll(closing: Close[]): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  for (const close of closing.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}
