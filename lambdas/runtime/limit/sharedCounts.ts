import type { ExactRule } from '../../../lib/definition/bundledTypes.ts';
import type { Attributes, CounterTable } from './counterTable.ts';
import { baseOf, EMPTY, KEPT_SLICES, remainingIn, sliceOf, type WindowState } from './slidingWindow.ts';

/** Counts that all instances share. */
export interface SharedCounts {
  /**
   * Takes `count` requests, or none.
   *
   * @returns whether they were taken, and the state after that.
   * @throws when the table is slow or unreachable.
   */
  take(id: string, rule: ExactRule, request: TakeRequest): Promise<Taken>;
  /** The state that this instance knows, without a call; undefined before the first call. */
  peek(id: string): WindowState | undefined;
}

/** How many requests to take, and when. */
export interface TakeRequest {
  readonly count: number;
  readonly nowMs: number;
}

export interface Taken {
  readonly taken: boolean;
  readonly state: WindowState;
}

/** A state with the birth of its item, which distinguishes an item that was created again from the one that expired. */
interface Known extends WindowState {
  readonly born: string;
}

/** States that an instance caches; each is some hundred bytes. */
const MOST_KNOWN = 5_000;
/** Kept for an hour beyond any use, since clocks differ and DynamoDB deletes late. */
const KEPT_SECONDS = 3_600;

/**
 * Counts in a table: one item a counter, one conditional write for a request that is allowed, none for one that is
 * known to be rejected. The condition compares the running total with what the window allows, so of simultaneous
 * callers no more are allowed than the limit, across all instances.
 */
export function sharedCounts(table: CounterTable): SharedCounts {
  const known = new Map<string, Known>();
  const cache = (id: string, state: Known): Known => {
    known.delete(id);
    known.set(id, state);
    const oldest = known.size > MOST_KNOWN ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return state;
  };
  const refresh = async (id: string): Promise<Known | undefined> => {
    const item = await table.get(id);
    if (item === undefined) known.delete(id);
    return item === undefined ? undefined : cache(id, readItem(item));
  };
  const attempt = async (id: string, rule: ExactRule, request: TakeRequest): Promise<Known | undefined> => {
    const before = known.get(id);
    const update = before === undefined ? creation(rule, request) : continuation(before, rule, request);
    const item = await table.update(id, update);
    return item === undefined ? undefined : cache(id, readItem(item));
  };
  return {
    peek: (id) => known.get(id),
    async take(id, rule, request) {
      if (!known.has(id)) await refresh(id);
      for (let tries = 0; tries < 2; tries += 1) {
        const state = known.get(id) ?? EMPTY;
        if (remainingIn(state, rule, request.nowMs) < request.count) return { taken: false, state };
        const after = await attempt(id, rule, request);
        if (after !== undefined) return { taken: true, state: after };
        // The known state was too old, or another instance took the rest: the table says which.
        await refresh(id);
      }
      return { taken: false, state: known.get(id) ?? EMPTY };
    },
  };
}

/** The first requests of a counter, unless another instance creates it at the same moment. */
function creation(rule: ExactRule, { count, nowMs }: TakeRequest) {
  return {
    UpdateExpression: 'SET #total = :count, #mark = :zero, #born = :born, #expires = :expires',
    ConditionExpression: 'attribute_not_exists(#total)',
    ExpressionAttributeNames: {
      ...NAMES,
      '#mark': markName(sliceOf(rule, nowMs)),
    },
    ExpressionAttributeValues: {
      ':count': numberOf(count),
      ':zero': numberOf(0),
      ':born': { S: `${nowMs}-${Math.random()}` },
      ':expires': expiry(rule, nowMs),
    },
  };
}

/** Further requests: the right-hand sides are those before the update, so the mark gets the previous total. */
function continuation(before: Known, rule: ExactRule, { count, nowMs }: TakeRequest) {
  const slice = sliceOf(rule, nowMs);
  const old = [...before.marks.keys()].filter((marked) => marked < slice - KEPT_SLICES);
  const removed = Object.fromEntries(old.map((marked, i) => [`#old${i}`, markName(marked)]));
  const removal = old.length === 0 ? '' : ` REMOVE ${Object.keys(removed).join(', ')}`;
  return {
    UpdateExpression: `SET #total = #total + :count, #mark = if_not_exists(#mark, #total), #expires = :expires${removal}`,
    ConditionExpression: '#born = :born AND #total <= :most',
    ExpressionAttributeNames: { ...NAMES, '#mark': markName(slice), ...removed },
    ExpressionAttributeValues: {
      ':count': numberOf(count),
      ':most': numberOf(baseOf(before, slice) + rule.requests - count),
      ':born': { S: before.born },
      ':expires': expiry(rule, nowMs),
    },
  };
}

const NAMES = { '#total': 'total', '#born': 'born', '#expires': 'expires' };
const MARK = /^m(\d+)$/;

function readItem(item: Attributes): Known {
  const marks = new Map<number, number>();
  for (const [name, { N }] of Object.entries(item)) {
    const slice = MARK.exec(name)?.[1];
    if (slice !== undefined) marks.set(Number(slice), Number(N));
  }
  return { total: Number(item['total']?.N ?? 0), born: item['born']?.S ?? '', marks };
}

function markName(slice: number): string {
  return `m${slice}`;
}

function numberOf(value: number) {
  return { N: String(value) };
}

function expiry({ perSeconds }: ExactRule, nowMs: number) {
  return numberOf(Math.ceil(nowMs / 1000) + 2 * perSeconds + KEPT_SECONDS);
}
