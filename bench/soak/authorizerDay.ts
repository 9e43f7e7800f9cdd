/**
 * A day of the authorizer, in its own process: reads a {@link Day} from the message of the process that started it, and sends the
 * {@link DayResult}. While requests with tokens of 200 clients pass, keys are replaced, tokens expire and are issued again, tokens are revoked
 * and clients suspended. Each of these must have its effect within the time that is documented.
 */
import { revocationIds } from '../../lib/cli/revocations.ts';
import { authorizerEvent } from '../events.ts';
import { type CloudAddress, startCloud } from './cloud.ts';
import { type DaySize, drivenClock, passDay, STEP_SECONDS } from './day.ts';

/** What the process is started with. */
export interface Day extends DaySize {
  readonly module: string;
  readonly cloud: CloudAddress;
}

type Decision = 'allow' | 'deny' | 'reject';
type Handler = (
  event: unknown,
  context: object,
) => Promise<{ readonly policyDocument: { readonly Statement: readonly { readonly Effect: string }[] } }>;

const CLIENTS = 200;
const CLIENTS_OF_A_STEP = 10;
const TOKEN_SECONDS = 900;
/** More clients than any cache of the authorizer has entries, so that each is full before the first step. */
const CLIENTS_THAT_FILL = 10_500;
/** Steps from a change until it must have its effect: the cache of the deny list, of clients and of keys, and one more. */
const REVOKED_AFTER = 2;
const SUSPENDED_AFTER = 3;
const WITHDRAWN_AFTER = 600 / STEP_SECONDS + 1;
/** Steps from one change of a kind to the next. */
const EVERY = { revocation: 28, suspension: 44, key: 240 };

const isFault = (fault: string | undefined): fault is string => fault !== undefined;

process.once('message', async (day: Day) => {
  const move = drivenClock();
  const cloud = await startCloud(day.cloud);
  const { handler } = (await import(day.module)) as { readonly handler: Handler };
  const tokens = new Map<number, { readonly event: string; readonly until: number }>();
  const planned = new Map<number, (() => Promise<string | undefined>)[]>();
  const context = { awsRequestId: 'soak', functionName: 'soak', getRemainingTimeInMillis: () => 10_000 };

  const decide = async (event: string): Promise<Decision> => {
    try {
      const { policyDocument } = await handler(JSON.parse(event), context);
      return policyDocument.Statement.every(({ Effect }) => Effect === 'Deny') ? 'deny' : 'allow';
    } catch (error) {
      if (error instanceof Error && error.message === 'Unauthorized') return 'reject';
      throw error;
    }
  };
  const expecting = (what: string, event: string, expected: Decision) => async () => {
    const decision = await decide(event);
    return decision === expected ? undefined : `${what}: ${decision} instead of ${expected}`;
  };
  const plan = (step: number, check: () => Promise<string | undefined>) =>
    planned.set(step, [...(planned.get(step) ?? []), check]);
  const fresh = (claims: Readonly<Record<string, unknown>>, seconds = TOKEN_SECONDS) =>
    authorizerEvent(cloud.token({ roles: ['editor'], client_id: 'soak', ...claims }, seconds));

  const revoke = async (step: number) => {
    const sub = `revoked-${step}`;
    const event = fresh({ sub });
    const [id = ''] = revocationIds({ sub });
    const before = await expecting('a token before its revocation', event, 'allow')();
    cloud.items.set(id, { id: { S: id }, expires: { N: '99999999999' } });
    plan(step + REVOKED_AFTER, async () => {
      const fault = await expecting('a revoked token', event, 'reject')();
      cloud.items.delete(id);
      return fault;
    });
    return before;
  };
  const suspend = async (step: number) => {
    const client = `suspended-${step}`;
    const event = fresh({ sub: 'user', client_id: client });
    const record = (status: string) => ({ tier: { S: 'free' }, status: { S: status }, keyVersion: { N: '1' } });
    cloud.items.set(`client#${client}`, record('active'));
    const before = await expecting('an active client', event, 'allow')();
    cloud.items.set(`client#${client}`, record('suspended'));
    plan(step + SUSPENDED_AFTER, async () => {
      // A new token, because the key of the first one can be withdrawn by now.
      const later = fresh({ sub: 'user', client_id: client });
      const fault = await expecting('a suspended client', later, 'deny')();
      cloud.items.delete(`client#${client}`);
      return fault;
    });
    return before;
  };
  const replaceKey = async (step: number) => {
    const old = fresh({ sub: 'old' }, 3_000);
    const before = await expecting('a token of a key before its withdrawal', old, 'allow')();
    cloud.addKey();
    cloud.withdrawOld();
    tokens.clear();
    plan(step + WITHDRAWN_AFTER, expecting('a token of a withdrawn key', old, 'reject'));
    return before;
  };

  /** A client that is never seen again, which takes the entry of another one in each cache. */
  const unknown = (name: string) =>
    expecting('a new client', fresh({ sub: `sub-${name}`, client_id: `once-${name}` }), 'allow')();

  const result = await passDay(day, move, {
    async fill() {
      const faults: string[] = [];
      for (let i = 0; i < CLIENTS_THAT_FILL; i++) faults.push(...[await unknown(`${i}`)].filter(isFault));
      return faults;
    },
    async step(step) {
      const faults = [
        step % EVERY.revocation === 1 ? await revoke(step) : undefined,
        step % EVERY.suspension === 2 ? await suspend(step) : undefined,
        step % EVERY.key === EVERY.key - 1 ? await replaceKey(step) : undefined,
        await expecting('an expired token', fresh({ sub: 'late' }, -60), 'reject')(),
        await unknown(`step-${step}`),
      ];
      for (const check of planned.get(step) ?? []) faults.push(await check());
      planned.delete(step);
      return faults.filter(isFault);
    },
    async request(step, i) {
      const client = (step * 7 + (i % CLIENTS_OF_A_STEP)) % CLIENTS;
      const now = Date.now() / 1000;
      const known = tokens.get(client);
      const token =
        known !== undefined && known.until > now
          ? known
          : { event: fresh({ sub: `user-${client}`, client_id: `client-${client}` }), until: now + TOKEN_SECONDS };
      if (token !== known) tokens.set(client, token);
      const decision = await decide(token.event);
      return decision === 'allow' ? undefined : `a valid token: ${decision}`;
    },
  });
  cloud.close();
  process.send?.(result, () => process.exit(0));
});
