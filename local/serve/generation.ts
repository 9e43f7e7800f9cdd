import { realpathSync } from 'node:fs';
import type { FunctionModel, RestApiModel, StackModel } from '../assembly/model.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../gateway/gateway.ts';
import { createKeptState, type KeptState } from '../gateway/keptState.ts';
import type { GatewayUse } from '../gateway/server.ts';
import type { FunctionRunner } from '../lambda/runner.ts';
import type { KeyRegistry } from '../services/apigateway/keyRegistry.ts';
import type { TokenSettings } from '../services/issuer/tokenSettings.ts';
import type { LoadedStack } from './loadedStack.ts';
import type { RequestedApi, Terminal } from './terminal/terminal.ts';

/** What handles requests from one update to the next: a load of the assembly with its functions and gateways. */
export interface Generation {
  readonly model: StackModel;
  readonly tokenSettings: TokenSettings;
  readonly runner: FunctionRunner;
  readonly keys: KeyRegistry;
  /** Counters and caches of its gateways. */
  readonly kept: KeptState;
  /** Counts a request, until the returned function is called. */
  begin(): () => void;
  /** Counts a request to an API, with the gateway that handles it. */
  use(api: RestApiModel): GatewayUse;
  /** Ends the functions that no other generation has, when the last request has ended. */
  retire(): void;
}

/** What a generation is made of. */
export interface GenerationParts extends Pick<Generation, 'runner' | 'keys'> {
  readonly loaded: Pick<LoadedStack, 'model' | 'tokenSettings' | 'rejectionNote'>;
  /** The counters of the generation before go on. */
  readonly before?: KeptState;
  /** What the gateways of every generation share. */
  readonly shared: Pick<
    GatewayOptions,
    'telemetry' | 'clock' | 'usageRecords' | 'print' | 'span' | 'isDebugged' | 'patternsOf'
  > & { readonly ended?: Terminal['ended'] };
}

/** Makes the gateways of a loaded assembly. */
export function createGeneration({ loaded, runner, keys, before, shared }: GenerationParts): Generation {
  const { model, tokenSettings, rejectionNote } = loaded;
  const kept = before?.fork() ?? createKeptState();
  const { versionOf } = runner;
  const gatewayFor = (api: RestApiModel): Gateway => {
    const { ended } = shared;
    const requested: RequestedApi = {
      ...(model.apis.length > 1 && { name: api.name }),
      noteOf: (reason) => rejectionNote(api, reason),
    };
    const report: GatewayOptions['ended'] =
      ended && ((state, ending, rejection) => ended(state, ending, rejection, requested));
    return createGateway(api, model, { ...shared, ended: report, lambda: runner, keys, kept, versionOf });
  };
  const gateways = new Map(model.apis.map((api) => [api, gatewayFor(api)]));
  let inFlight = 0;
  let isRetired = false;
  const begin = () => {
    inFlight += 1;
    return () => {
      inFlight -= 1;
      if (isRetired && inFlight === 0) runner.release();
    };
  };
  return {
    model,
    tokenSettings,
    runner,
    keys,
    kept,
    begin,
    use: (api) => ({ gateway: gatewayOf(gateways, api), end: begin() }),
    retire: () => {
      isRetired = true;
      if (inFlight === 0) runner.release();
    },
  };
}

function gatewayOf(gateways: ReadonlyMap<RestApiModel, Gateway>, api: RestApiModel): Gateway {
  const gateway = gateways.get(api);
  if (gateway === undefined) throw new Error(`the API ${api.logicalId} is not of this generation`);
  return gateway;
}

/** The functions, with the code that replaces that of their assets. */
export function withCode(functions: readonly FunctionModel[], code: Readonly<Record<string, string>>): FunctionModel[] {
  return functions.map((fn) => {
    const replaced = code[realpathSync(fn.assetPath)] ?? code[fn.assetPath];
    return replaced === undefined ? fn : { ...fn, assetPath: replaced };
  });
}
