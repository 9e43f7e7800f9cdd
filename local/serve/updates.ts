import { isDeepStrictEqual } from 'node:util';
import type { AssemblyChange, Ready } from '../contracts.ts';
import type { RenewedTls } from '../services/renewal.ts';
import type { StartedServices } from '../services/start.ts';
import type { EdgeListeners } from './edgeListeners.ts';
import type { EdgeServices } from './edgeServices.ts';
import { createGeneration, type Generation, type GenerationParts, withCode } from './generation.ts';
import type { Listeners } from './listeners.ts';
import type { LoadedStack } from './loadedStack.ts';
import { clientLines, withLocalIssuer } from './localIssuer.ts';
import { type LocalMessages, withLocalNotifier } from './localNotifier.ts';
import { certificateNames } from './names.ts';
import { oneAtATime } from './oneAtATime.ts';
import { type ReadyParts, readyOf } from './ready.ts';
import { RestartNeeded } from './restartNeeded.ts';

/** What stays over updates. */
export interface UpdateParts {
  readonly load: (assembly: string) => LoadedStack;
  readonly services: StartedServices;
  readonly edgeServices: EdgeServices;
  readonly listeners: Listeners;
  readonly certificate: Pick<RenewedTls, 'cover'>;
  readonly edges: EdgeListeners;
  readonly shared: GenerationParts['shared'];
  readonly ready: Omit<ReadyParts, 'model' | 'tokenSettings' | 'secretString' | 'requiresBoundTokens'>;
  /** Gets the notifications. */
  readonly messages: LocalMessages;
  /** Replaces `ready.json` as a whole. */
  readonly write: (text: string) => void;
}

/** What an update replaces. */
export interface Served {
  ready: Ready;
  notEmulated: readonly string[];
  generation: Generation;
}

/** The updates of a gateway. */
export interface Updates {
  ready(): Ready;
  notEmulated(): readonly string[];
  update(change: AssemblyChange): Promise<Ready>;
  /** Lets the running update fail, and the waiting ones. */
  close(): Promise<void>;
}

/**
 * Updates what is served, in two phases. The first makes everything that can fail, beside what is served; when something does fail, it
 * removes what it has made, and throws. The second only exchanges references, in one go, so that each request sees one
 * generation as a whole.
 */
export function createUpdates(parts: UpdateParts, served: Served): Updates {
  const queue = oneAtATime();
  const closing = new AbortController();
  const { signal } = closing;
  return {
    ready: () => served.ready,
    notEmulated: () => served.notEmulated,
    update: (change) =>
      queue.run(async () => {
        signal.throwIfAborted();
        const next = await prepare(change, parts, served.generation, signal);
        try {
          signal.throwIfAborted();
          // A write waits for the disk.
          if (!isDeepStrictEqual(next.ready, served.ready)) parts.write(JSON.stringify(next.ready));
        } catch (error) {
          await next.undo();
          throw error;
        }
        const { generation, notEmulated } = served;
        next.commit();
        served.generation = next.generation;
        served.ready = next.ready;
        served.notEmulated = next.notEmulated;
        generation.retire();
        printNew(parts.shared.print, { generation, notEmulated }, next);
        return next.ready;
      }),
    close: () => {
      closing.abort(new Error('the gateway was closed, so it takes no update'));
      return queue.idle();
    },
  };
}

type Printed = Pick<Served, 'notEmulated' | 'generation'>;

/** Prints what is not emulated, and the clients of user pools, where an update adds them. */
function printNew(print: (line: string) => void, before: Printed, next: Printed): void {
  const linesOf = ({ notEmulated, generation }: Printed) => [
    ...notEmulated.map((sentence) => `not emulated locally: ${sentence}`),
    ...clientLines(generation.model.userPools),
  ];
  const known = linesOf(before);
  for (const line of linesOf(next)) if (!known.includes(line)) print(line);
}

interface Prepared {
  readonly generation: Generation;
  readonly ready: Ready;
  readonly notEmulated: readonly string[];
  commit(): void;
  undo(): Promise<void>;
}

async function prepare(
  change: AssemblyChange,
  parts: UpdateParts,
  before: Generation,
  signal: AbortSignal,
): Promise<Prepared> {
  const { services, edgeServices, listeners, edges, shared } = parts;
  const loaded = parts.load(change.assembly);
  const { model, tokenSettings, secretString } = loaded;
  requireSameRegion(before.model.region, model.region);
  const { code = {} } = change;
  const local = withLocalNotifier(withLocalIssuer(model.functions, services.issuer, secretString), parts.messages);
  const functions = withCode(local, code);
  const replaced = functions.filter(({ assetPath }, i) => assetPath !== model.functions[i]?.assetPath);
  // Names that an update adds and that does not end well do no harm.
  await parts.certificate.cover(certificateNames(model));
  const undoing: (() => Promise<void> | void)[] = [];
  const undo = async () => {
    for (const undoOne of undoing.splice(0).reverse()) {
      // The reason for it is the error that counts; the rest is undone all the same.
      try {
        await undoOne();
      } catch {}
    }
  };
  try {
    const preloaded = new Set(replaced.map(({ arn }) => arn));
    const runner = await before.runner.next(functions, { preloaded, signal });
    undoing.push(runner.release);
    const keys = before.keys.withModel(model);
    const generation = createGeneration({ loaded, runner, keys, before: before.kept, shared });
    const addresses = await listeners.prepare(model, generation.use);
    undoing.push(addresses.undo);
    const edgeAddresses = await edges.prepare(generation);
    undoing.push(edgeAddresses.undo);
    // Last, because a table that was made is the one thing that others can see.
    const ofServices = await services.prepare(model, tokenSettings);
    undoing.push(ofServices.undo);
    return {
      generation,
      ready: readyOf(addresses.apis, edgeAddresses.edges, { ...parts.ready, ...loaded }),
      commit() {
        ofServices.commit();
        edgeServices.update(model);
        runner.activate();
        addresses.commit();
        edgeAddresses.commit();
      },
      notEmulated: loaded.notEmulated(ofServices.emulationGaps),
      undo,
    };
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Endpoints and signatures have the region of the start. */
function requireSameRegion(before: string, now: string): void {
  if (now === before) return;
  const fix = 'start the gateway again, or deploy to the original region';
  throw new RestartNeeded(`the region ${now}`, `${before}, that of the start`, fix);
}
