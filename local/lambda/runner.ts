import { availableParallelism } from 'node:os';
import type { FunctionModel } from '../assembly/model.ts';
import type { LambdaRunner } from '../contracts.ts';
import { FunctionNotLoaded } from './functionNotLoaded.ts';
import type { Instance } from './instance.ts';
import { createPool, type Pool, type PoolHost } from './pool.ts';
import { createStartLimit } from './startLimit.ts';
import { createWarmInstances, type WarmLimits } from './warmInstances.ts';

/** How many functions are loaded at a time before an update, so that those that run have some of the processor left. */
const PRELOADED_AT_ONCE = 4;

/** Lambda does not say how long it keeps idle instances. An instance takes some 20 MB, and starts in a tenth of a second. */
const WARM: WarmLimits = { count: 6, idleMs: 10 * 60_000 };

/** The functions of a stack, as one load of its assembly has them. */
export interface FunctionRunner extends LambdaRunner {
  /** Changes whenever the code or the settings of a function do; empty for a function that the stack does not have. */
  versionOf(functionArn: string): string;
  /**
   * A runner of other functions. Those that did not change have the same workers in both. Those of the others that are in use, or
   * that `preloaded` names, are loaded before it resolves.
   *
   * @throws {FunctionNotLoaded} for a function that cannot be loaded, unless its predecessor could not be loaded either
   */
  next(functions: readonly FunctionModel[], options?: NextOptions): Promise<FunctionRunner>;
  /** Loads further instances of what did not change from the directories of this runner: those of the previous runner may be removed soon. */
  activate(): void;
  /** Ends the workers that no other runner shares, each after its last event. */
  release(): void;
}

/** Options of the next runner. */
export interface NextOptions {
  /** ARNs of functions that are loaded whether or not they were in use. */
  readonly preloaded?: ReadonlySet<string>;
  /** Ends the wait for functions that are being loaded. */
  readonly signal?: AbortSignal;
}

/** What functions run with. */
export interface RunnerOptions extends Omit<PoolHost, 'concurrency' | 'warm' | 'starts'> {
  /** How many instances stay without events, and for how long. @default - 6, ten minutes */
  readonly warm?: WarmLimits;
}

/**
 * Runs a stack's functions from their assets. Each has own worker threads, environment, memory and time; a worker handles one
 * event at a time. An ARN may carry a version or alias. Memory bounds the JavaScript heap, not buffers outside of it.
 *
 * `close` ends the workers of this runner and of all that follow it.
 */
export function createLambdaRunner(
  functions: readonly FunctionModel[],
  { warm = WARM, ...options }: RunnerOptions,
): FunctionRunner {
  // An instance that ended would take the debugger's session with it.
  const instances = createWarmInstances<Instance>(options.isDebugged ? undefined : warm);
  // One that a debugger holds while it loads must not keep others from it.
  const starts = createStartLimit(options.isDebugged ? Number.POSITIVE_INFINITY : Math.max(2, availableParallelism()));
  const host = { ...options, concurrency: { count: 0 }, warm: instances, starts };
  const members = functions.map((model) => ({ model, pool: createPool(model, host) }));
  return runnerOf(members, { host, users: new Map() });
}

interface Member {
  readonly model: FunctionModel;
  readonly pool: Pool;
}

/** What the runners of a gateway share. */
interface Shared {
  readonly host: PoolHost;
  /** The pools that run, with the number of runners that use each. */
  readonly users: Map<Pool, number>;
}

function runnerOf(members: readonly Member[], shared: Shared): FunctionRunner {
  const { users } = shared;
  const byArn = new Map(members.map(({ model, pool }) => [model.arn, pool]));
  for (const { pool } of members) users.set(pool, (users.get(pool) ?? 0) + 1);
  let isReleased = false;
  const find = (arn: string) => byArn.get(arn) ?? byArn.get(withoutQualifier(arn));
  return {
    invoke: (functionArn, event, requestId, invocation) => {
      const pool = find(functionArn);
      if (pool !== undefined) return pool.invoke(event, requestId, invocation);
      const message = `Function not found: ${functionArn}`;
      return Promise.resolve({ kind: 'error', errorType: 'ResourceNotFoundException', message });
    },
    versionOf: (functionArn) => find(functionArn)?.id ?? '',
    async next(functions, { preloaded = new Set(), signal } = {}) {
      const pairs = await Promise.all(
        functions.map(async (model) => {
          const before = byArn.get(model.arn);
          const isSame = before !== undefined && (await before.runs(model));
          return { model, before, pool: isSame ? before : createPool(model, shared.host) };
        }),
      );
      const runner = runnerOf(pairs, shared);
      const changed = pairs.filter(({ pool, before }) => pool !== before);
      try {
        const loading = preload(changed.filter(({ model, before }) => before?.isStarted || preloaded.has(model.arn)));
        await unlessAborted(loading, signal);
      } catch (error) {
        runner.release();
        throw error;
      }
      return runner;
    },
    activate: () => {
      for (const { pool, model } of members) pool.moveTo(model.assetPath);
    },
    release: () => {
      if (isReleased) return;
      isReleased = true;
      for (const { pool } of members) {
        const left = (users.get(pool) ?? 1) - 1;
        users.set(pool, left);
        if (left === 0) void pool.drain().then(() => users.delete(pool));
      }
    },
    close: async () => {
      await Promise.all([...users.keys()].map((pool) => pool.close()));
    },
  };
}

interface Replacement {
  readonly before: Pool | undefined;
  readonly pool: Pool;
}

async function preload(replacements: readonly Replacement[]): Promise<void> {
  const waiting = [...replacements];
  const loadNext = async (): Promise<void> => {
    const replacement = waiting.shift();
    if (replacement === undefined) return;
    const { pool, before } = replacement;
    const fault = await pool.preload();
    // A function that did not load before must not keep every other change from being served.
    const isWorse = before === undefined || !before.isStarted || before.isLoaded;
    if (fault !== undefined && isWorse) throw new FunctionNotLoaded(pool.model.name, fault);
    return loadNext();
  };
  await Promise.all(Array.from({ length: PRELOADED_AT_ONCE }, loadNext));
}

/** Waits for work until a signal ends the wait. */
function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const abort = () => fail(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    work.then(done, fail).finally(() => signal?.removeEventListener('abort', abort));
  });
}

/** `arn:aws:lambda:region:account:function:name[:qualifier]` */
function withoutQualifier(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}
