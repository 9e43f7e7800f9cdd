import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { logFileOf } from '../assembly/logFiles.ts';
import type { LocalGateway, ServeOptions } from '../contracts.ts';
import { createLambdaRunner } from '../lambda/runner.ts';
import { keyRegistry } from '../services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../services/apigateway/start.ts';
import { createUsageRecords } from '../services/apigateway/usageRecords.ts';
import { createClock } from '../services/clock.ts';
import { closedDirectory, closeFiles, writePrivateFile } from '../services/files.ts';
import { startLambdaEndpoint } from '../services/lambdaEndpoint.ts';
import { renewedTls } from '../services/renewal.ts';
import { secretValues } from '../services/secrets/values.ts';
import { secretVersions } from '../services/secrets/versions.ts';
import { startServices } from '../services/start.ts';
import { apiOfLog } from './apiOfLog.ts';
import { lockData } from './dataLock.ts';
import { createEdgeListeners } from './edgeListeners.ts';
import { startEdgeServices } from './edgeServices.ts';
import { createGeneration, type Generation } from './generation.ts';
import { createListeners } from './listeners.ts';
import { stackLoader } from './loadedStack.ts';
import { withLocalIssuer } from './localIssuer.ts';
import { localWebhook, withLocalNotifier } from './localNotifier.ts';
import { certificateNames } from './names.ts';
import { preTokenOf } from './preTokenTrigger.ts';
import { readyOf } from './ready.ts';
import { errorIn, sourceNote } from './terminal/errorReport.ts';
import { withReport } from './terminal/notLoaded.ts';
import { createTerminal } from './terminal/terminal.ts';
import { createUpdates } from './updates.ts';

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
 * Serves a stack of a cloud assembly over HTTPS on this machine, and writes `<data>/ready.json` once it does. Files that this
 * process makes are from then on for its user alone (umask 077).
 *
 * @throws `AssemblyError` for an assembly that cannot be run, `data-in-use`, `port-in-use`. What was started before is
 * ended then.
 * @example
 * ```ts
 * const gateway = await serve({ assembly: 'cdk.out', data: '.secure-api', port: 8443 });
 * console.log(gateway.ready.url);
 * await gateway.update({ assembly: 'cdk.out' });
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

async function start({ options, data, closing, print }: Starting): Promise<LocalGateway> {
  const secretValue = secretValues(data);
  const secrets = secretVersions(secretValue, data);
  const load = stackLoader({ secretValue, secrets, ...(options.stack && { stack: options.stack }) });
  const loaded = load(options.assembly);
  const { model, tokenSettings, secretString } = loaded;
  const startedAt = Date.now();
  const clock = createClock(options.speed);
  const certificate = await renewedTls(data, { names: certificateNames(model), print });
  closing.push(certificate.close);
  const tls = certificate.now;
  const now: { generation?: Generation } = {};
  const current = (): Generation => {
    if (now.generation === undefined) throw new Error('the gateway has not started');
    return now.generation;
  };
  const preToken: ReturnType<typeof preTokenOf> = (request) =>
    preTokenOf(current().model, () => current().runner)(request);
  const { scan, scanDelay } = options;
  const services = await startServices(model, {
    data,
    clock,
    secrets,
    tls,
    print,
    tokenSettings,
    preToken,
    invoke: (arn, event, id) => current().runner.invoke(arn, event, id),
    scan,
    scanDelay,
  });
  closing.push(services.close);
  const { requests, sourceMaps, isDebugged = false } = options;
  const directory = process.cwd();
  const reading = { directory, redact: options.redact ?? requests?.redact ?? ((text: string) => text) };
  const nameOf = (group: string) => logFileOf(group, current().model.logFiles);
  const apiOf = (group: string) => apiOfLog(current().model, group);
  const terminal = requests && createTerminal({ print, ...requests, directory, nameOf, apiOf });
  closing.push(() => terminal?.flush());
  const { telemetry } = services;
  const usageRecords = createUsageRecords();
  const plane = {
    clock,
    usageRecords,
    get model() {
      return current().model;
    },
    get keys() {
      return current().keys;
    },
  };
  const control = await startControlPlane(plane, services.access);
  closing.push(control.close);
  const edgeServices = await startEdgeServices(model, data, services.access);
  closing.push(edgeServices.close);
  const ofFunctions = {
    ...services.environment,
    ...edgeServices.environment,
    AWS_ENDPOINT_URL_API_GATEWAY: control.url,
  };
  const webhook = localWebhook(options.notifyUrl, data);
  const messages = { webhook, data, runbooks: options.runbooks };
  const functions = withLocalNotifier(withLocalIssuer(model.functions, services.issuer, secretString), messages);
  const runner = createLambdaRunner(functions, {
    environment: { ...ofFunctions, ...services.spans.environment },
    span: services.spans.add,
    caPem: tls.caPem,
    sourceMaps,
    isDebugged,
    onLog: (logGroup, line) => {
      const report = terminal === undefined ? errorIn(line, reading) : terminal.logged(logGroup, line);
      telemetry.log(logGroup, line, sourceMaps && report && sourceNote(report));
    },
    metric: telemetry.metric,
  });
  closing.push(runner.close);
  const keys = keyRegistry(data, model);
  const { readKey, patternsOf } = edgeServices;
  const shared = {
    telemetry,
    clock,
    usageRecords,
    print,
    span: services.spans.add,
    isDebugged,
    patternsOf,
    ...(terminal && { ended: terminal.ended }),
  };
  now.generation = createGeneration({ loaded, runner, keys, shared });
  const functionsOf = () => {
    const { model: served, runner: running, begin } = current();
    return { functions: served.functions, runner: running, end: begin() };
  };
  const invocations = await startLambdaEndpoint(functionsOf, services.access);
  closing.push(invocations.close);
  const listeners = createListeners({ tls, print }, options.port);
  closing.push(listeners.close);
  const edges = createEdgeListeners({ tls, telemetry, readKey, patternsOf, print }, options.port);
  closing.push(edges.close);
  certificate.onRenewal((next) => {
    services.setTls(next);
    listeners.setTls(next);
    edges.setTls(next);
  });
  const first = await listeners.prepare(model, now.generation.use);
  const firstEdges = await edges.prepare(now.generation);
  first.commit();
  firstEdges.commit();
  const environment = { ...ofFunctions, AWS_ENDPOINT_URL_LAMBDA: invocations.url };
  const ready = { tls, services, data, environment, clock: { startedAt, speed: clock.speed } };
  const file = join(data, 'ready.json');
  const write = (text: string) => writePrivateFile(file, text);
  const updates = createUpdates(
    { load, services, edgeServices, listeners, edges, certificate, shared, ready, messages, write },
    {
      ready: readyOf(first.apis, firstEdges.edges, { ...ready, ...loaded }),
      notEmulated: loaded.notEmulated(services.emulationGaps),
      get generation() {
        return current();
      },
      set generation(next) {
        now.generation = next;
      },
    },
  );
  write(JSON.stringify(updates.ready()));
  closing.push(() => rmSync(file, { force: true }), updates.close);
  return {
    get ready() {
      return updates.ready();
    },
    get model() {
      return current().model;
    },
    services,
    clock,
    get notEmulated() {
      return updates.notEmulated();
    },
    update: (change) =>
      updates.update(change).catch((error: unknown) => {
        throw withReport(error, reading);
      }),
    close: () => closeAll(closing),
  };
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
