import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { authorizerEvent, proxyEvent } from './events.ts';
import { writeFloors } from './floors.ts';
import { addedRow, type Row, row } from './row.ts';
import {
  type Effort,
  firstResponses,
  INVOCATIONS,
  report,
  reportTurns,
  type Side,
  type Times,
  warmInvocations,
} from './runtimeApi/compare.ts';
import type { Placement } from './runtimeApi/cores.ts';
import type { FunctionCode } from './runtimeApi/function.ts';
import { type Services, startServices } from './services.ts';

const EFFORT: Effort = { rounds: 2 };
/** Fresh processes of each side, per row. */
const STARTS_PER_ROUND = 6;
/** Logical ids of the construct `Api` begin with these. */
const AUTHORIZER = 'ApiAuthorizerFunction';
export const HANDLER = 'ApiHandlersdocumentsFunction';

/**
 * The authorizer and the function of `POST /documents`, as a synthesized assembly deploys them, each against an empty function, behind one
 * Runtime API: warm invocations, and what they add to the first response of a fresh process. Rows of floors have the target of the row
 * before them, and show how much of it is left for an authorizer.
 */
export async function benchFunctions(effort = EFFORT): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-functions-'));
  const services = await startServices(scratch);
  try {
    return await measure(scratch, services, effort);
  } finally {
    services.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measure(scratch: string, services: Services, effort: Effort): Promise<readonly Row[]> {
  const { issuer, environment, keys } = services;
  const code = (assembly: string, id: string): FunctionCode => {
    const { module, environment: own } = deployedFunction(assembly, id);
    return { module, environment: { ...own, ...environment } };
  };
  const { empty, twoRequests, signature } = writeFloors(scratch, services);

  const warmKeys = { readAt: new Date().toISOString(), keys };
  const withWarmKeys = code(benchAssembly(scratch, issuer, { warmKeys }), AUTHORIZER);
  const assembly = benchAssembly(scratch, issuer);
  const [authorizer, handler] = [code(assembly, AUTHORIZER), code(assembly, HANDLER)];
  const props = { revocation: true, clients: true };
  const withTables = code(benchAssembly(scratch, issuer, { props }), AUTHORIZER);

  const tokens = await Promise.all(Array.from({ length: INVOCATIONS }, (_, i) => tokenOf(services, i)));
  const distinct = tokens.map((token) => authorizerEvent(token));
  const one = distinct.slice(0, 1);
  const starts = STARTS_PER_ROUND * effort.rounds;
  const first = async (name: string, ours: FunctionCode, [event = '']: readonly string[], allowedMs: number) => {
    const compared = await firstResponses(ours, empty, event, starts);
    report(name, 'ms', compared);
    return addedRow(`${name}: added to that of an empty function`, 'ms', compared.median, allowedMs);
  };
  const order = [proxyEvent()];
  const ofTokens = {
    'authorizer, distinct ES256 tokens': { code: authorizer, events: distinct, target: 1.6 },
    'floor of distinct ES256 tokens, the signature alone': { code: signature, events: distinct, target: 1.6 },
    'authorizer, one ES256 token': { code: authorizer, events: one, target: 1.25 },
  };
  return [
    // First, because keys in a bundle are read again when they are ten minutes old.
    await first('authorizer, first response, keys in the bundle', withWarmKeys, one, 8),
    await first('authorizer, first response, keys and secret read', authorizer, one, 15),
    await first('floor of a first response, keys and secret read by node:https alone', twoRequests, one, 15),
    await first('authorizer, first response, deny list and clients read too', withTables, one, 30),
    await first('handler, first response, POST validated', handler, order, 8),
    ...(await warmRows('own core', effort, empty, {
      ...ofTokens,
      'authorizer, one ES256 token, deny list and clients': { code: withTables, events: one, target: 1.3 },
      'handler, POST validated': { code: handler, events: order, target: 1.6 },
    })),
    ...(await warmRows('shared core', effort, empty, ofTokens)),
  ];
}

const EMPTY_SIDE = 'empty function';

/** Warm invocations beside those of an empty function, all in turns. The empty function gets the events of the first one. */
async function warmRows(
  placement: Placement,
  effort: Effort,
  empty: FunctionCode,
  sides: Readonly<Record<string, Side & { readonly target: number }>>,
): Promise<readonly Row[]> {
  const events = Object.values(sides)[0]?.events ?? [];
  const times: Readonly<Record<string, Times>> = await warmInvocations(
    { [EMPTY_SIDE]: { code: empty, events }, ...sides },
    effort,
    placement,
  );
  const isShared = placement === 'shared core';
  process.stderr.write(`  with the Runtime API on ${isShared ? 'the same' : 'another'} core:\n`);
  reportTurns(times);
  const suffix = `${isShared ? ', all on one core' : ''}, against an empty function`;
  return Object.entries(sides).map(([name, { target }]) =>
    row(`${name}${suffix}`, 'µs', times[name]?.median ?? Number.NaN, times[EMPTY_SIDE]?.median ?? Number.NaN, target),
  );
}

function tokenOf({ token }: Services, i: number): Promise<string> {
  return token({ sub: `user-${i}`, jti: `token-${i}`, roles: ['editor'] });
}
