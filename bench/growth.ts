import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundleFunctions } from '../lib/bundle/bundle.ts';
import { deployedFunction } from './deployedFunction.ts';
import { authorizerEvent, proxyEvent } from './events.ts';
import { load, startGateway } from './gateway.ts';
import { largeApi, largeAssembly, largeHandlers, PUBLIC_PATH } from './largeApi.ts';
import { roleSets } from './roleSets.ts';
import { median, type Row, row } from './row.ts';
import { INVOCATIONS, warmInvocations } from './runtimeApi/compare.ts';
import type { FunctionCode } from './runtimeApi/function.ts';
import { type Services, startServices } from './services.ts';
import { inTurns } from './turns.ts';

const ROUTES = 1_000;
const FEW = 10;
/** As many as fit the template of one stack, which the gateway reads. */
const ROUTES_OF_A_TEMPLATE = 900;
const GROWTH_TARGET = 1.1;
const ROLE_TARGET = 1.3;
const ROUNDS = 1;
const ROLES = 50;
/** Roles in a token of most organizations, and how many sets of them users have. */
const FEW_ROLES = 5;
const SETS = 1_000;

/** What a request costs in an API of 1,000 routes against one of 10, and tokens with many roles against tokens with one, in the same API. */
export async function benchGrowth(rounds = ROUNDS): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-growth-'));
  const services = await startServices(scratch);
  try {
    const [few, large] = [FEW, ROUTES_OF_A_TEMPLATE].map((routes) =>
      largeAssembly(scratch, services.issuer, largeApi(routes)),
    ) as [string, string];
    const definition = largeApi(ROUTES);
    const bundles = bundleFunctions(definition, largeHandlers(scratch, definition));
    /** The code of the large API, in the environment that the stack of the small one gives its function. */
    const sides = (id: string, bundle: Bundle | undefined) => {
      const peer = deployedFunction(few, id);
      const environment = { ...peer.environment, ...services.environment };
      const ours = join(bundle?.directory ?? '', 'index.mjs');
      return { ours: { module: ours, environment }, peer: { module: peer.module, environment } };
    };
    const compared = async (
      name: string,
      { ours, peer }: Readonly<Record<'ours' | 'peer', FunctionCode>>,
      events: readonly string[],
    ) => {
      process.stderr.write(`  ${name}\n`);
      const took = await warmInvocations({ ours: { code: ours, events }, peer: { code: peer, events } }, { rounds });
      return row(`growth from 10 to 1,000 routes: ${name}`, 'µs', took.ours.median, took.peer.median, GROWTH_TARGET);
    };
    try {
      const authorizers = sides('ApiAuthorizerFunction', bundles.authorizer);
      const handlers = sides('ApiHandlersshopFunction', bundles.groups.get('shop'));
      return [
        await compared('authorizer, distinct tokens', authorizers, await distinctTokens(services, oneRole)),
        await compared('pipeline', handlers, [proxyEvent('GET', PUBLIC_PATH)]),
        await gateway(scratch, large, few, rounds),
        ...(await manyRoles(scratch, services, authorizers.ours, rounds)),
      ];
    } finally {
      bundles.remove();
    }
  } finally {
    services.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Tokens with many roles against tokens with one, by the same function: of an API of 50 roles, and of one of 100. */
async function manyRoles(
  scratch: string,
  services: Services,
  code: FunctionCode,
  rounds: number,
): Promise<readonly Row[]> {
  const common = await distinctTokens(services, oneRole);
  const compared = async (ours: FunctionCode, of: number, { roles, sets, name }: ManyRoles) => {
    process.stderr.write(`  ${roles} of ${of} roles ${name}\n`);
    const chosen = roleSets(sets, { roles, of });
    const events = await distinctTokens(services, (i) => chosen[i % sets] ?? []);
    const sides = { ours: { code: ours, events }, peer: { code: ours, events: common } };
    const took = await warmInvocations(sides, { rounds });
    const title = `authorizer, ${of} roles and 1,000 routes: tokens with ${roles} roles ${name}, against one role`;
    return row(title, 'µs', took.ours.median, took.peer.median, ROLE_TARGET);
  };
  const rows = [
    await compared(code, ROLES, { roles: FEW_ROLES, sets: SETS, name: 'of 1,000 sets' }),
    await compared(code, ROLES, { roles: FEW_ROLES, sets: INVOCATIONS, name: 'in a new set each time' }),
  ];
  const definition = largeApi(ROUTES, 2 * ROLES);
  const bundles = bundleFunctions(definition, largeHandlers(scratch, definition));
  try {
    const ours = { ...code, module: join(bundles.authorizer?.directory ?? '', 'index.mjs') };
    rows.push(await compared(ours, 2 * ROLES, { roles: ROLES, sets: INVOCATIONS, name: 'in a new set each time' }));
  } finally {
    bundles.remove();
  }
  return rows;
}

interface ManyRoles {
  readonly roles: number;
  readonly sets: number;
  readonly name: string;
}

const oneRole = () => ['role1'];

/** An event for each invocation, to a route that `role1` has. */
function distinctTokens(services: Services, rolesOf: (i: number) => readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: INVOCATIONS }, async (_, i) =>
      authorizerEvent(await services.token({ sub: `user-${i}`, roles: rolesOf(i) }), 'GET', PUBLIC_PATH),
    ),
  );
}

/** Microseconds of a request at the local gateway, of the last route of the definition. */
async function gateway(scratch: string, ours: string, peer: string, rounds: number): Promise<Row> {
  const gateways = {
    ours: await startGateway(join(scratch, 'large'), ours),
    peer: await startGateway(join(scratch, 'small'), peer),
  };
  try {
    const took = await inTurns(
      rounds + 1,
      () => load(gateways.ours, PUBLIC_PATH),
      () => load(gateways.peer, PUBLIC_PATH),
    );
    const of = (loads: typeof took.ours) => median(loads.map(({ perSecond }) => 1_000_000 / perSecond));
    const name = `growth from 10 to ${ROUTES_OF_A_TEMPLATE} routes: local gateway`;
    return row(name, 'µs', of(took.ours), of(took.peer), GROWTH_TARGET);
  } finally {
    await Promise.all(Object.values(gateways).map((one) => one.end()));
  }
}
