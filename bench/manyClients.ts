/**
 * An authorizer in this process that serves one client, and another one that has served many, on a clock that stands still: no cache expires between
 * the first client and the last. Reads {@link ManyClients} from the message of the process that started it, and sends the microseconds of processor time of a
 * call, of each batch: `{ ours, peer }`.
 */
import { authorizerEvent } from './events.ts';
import { type CloudAddress, startCloud } from './soak/cloud.ts';
import { drivenClock } from './soak/day.ts';

/** What the process is started with. */
export interface ManyClients {
  readonly module: string;
  readonly cloud: CloudAddress;
  readonly clients: number;
  /** Whether each client is registered, and so has its own API key. */
  readonly areRegistered: boolean;
}

type Handler = (event: unknown, context: object) => Promise<Policy>;

interface Policy {
  readonly policyDocument: { readonly Statement: readonly { readonly Effect: string }[] };
  readonly context?: { readonly client?: string };
  readonly usageIdentifierKey?: string;
}

const WARM_UP = 2_000;
const BATCH = 100;
const BATCHES = 40;
/** A client key is in 64 hexadecimal digits; that of a tier is not. */
const CLIENT_KEY = /^[0-9a-f]{64}$/;
const CONTEXT = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 10_000 };

process.once('message', async ({ module, cloud: address, clients, areRegistered }: ManyClients) => {
  drivenClock();
  const cloud = await startCloud(address);
  let count = 0;
  // Each import has its own caches.
  const load = async (side: string) => ((await import(`${module}?${side}`)) as { readonly handler: Handler }).handler;
  const handlers = { ours: await load('ours'), peer: await load('peer') };
  /** A new token, so that its signature is verified. */
  const eventOf = (client: number) =>
    JSON.parse(
      authorizerEvent(
        cloud.token({ sub: 'user', jti: `token-${count++}`, roles: ['editor'], client_id: `client-${client}` }, 3_000),
      ),
    ) as unknown;
  const register = (client: number) =>
    cloud.items.set(`client#client-${client}`, {
      tier: { S: 'free' },
      status: { S: 'active' },
      keyVersion: { N: '1' },
    });
  const call = async (handler: Handler, events: readonly unknown[]): Promise<number> => {
    let last: Policy | undefined;
    const began = process.cpuUsage();
    for (const event of events) last = await handler(event, CONTEXT);
    const { user, system } = process.cpuUsage(began);
    const isAllowed = last?.policyDocument.Statement.some(({ Effect }) => Effect === 'Allow');
    if (!isAllowed || CLIENT_KEY.test(last?.usageIdentifierKey ?? '') !== areRegistered)
      throw new Error(`not served as expected: ${JSON.stringify(last)}`);
    return (user + system) / events.length;
  };
  const repeated = (times: number, clientOf: (i: number) => number) =>
    Array.from({ length: times }, (_, i) => eventOf(clientOf(i)));

  if (areRegistered) for (let client = 0; client < clients; client++) register(client);
  // At once, because what an authorizer began to read when it was loaded would time out while the other one serves its clients.
  for (const handler of Object.values(handlers)) await call(handler, [eventOf(0)]);
  for (let client = 0; client < clients; client++) {
    await call(handlers.ours, [eventOf(client)]);
  }
  for (let i = 0; i < WARM_UP; i += BATCH)
    await call(
      handlers.peer,
      repeated(BATCH, () => 0),
    );
  const took = { ours: [] as number[], peer: [] as number[] };
  for (let batch = 0; batch < BATCHES; batch++) {
    // Clients from all parts of the row: those of a batch are far from each other.
    const ours = repeated(
      BATCH,
      (i) => (batch + i * BATCHES * Math.max(1, Math.floor(clients / (BATCH * BATCHES)))) % clients,
    );
    took.ours.push(await call(handlers.ours, ours));
    took.peer.push(
      await call(
        handlers.peer,
        repeated(BATCH, () => 0),
      ),
    );
  }
  cloud.close();
  process.send?.(took, () => process.exit(0));
});
