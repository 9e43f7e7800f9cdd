import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSlotMemory, eventSlots, eventTurns } from '../../lambda/eventSlots.ts';

/** More than there are slots. */
const MANY = 1_000;

function setUp() {
  const memory = createSlotMemory();
  const { begin: mayBegin, end } = eventTurns(memory);
  return { slots: eventSlots(memory), mayBegin, end };
}

describe('an event of an instance', () => {
  it('begins once, and is not taken back after that', () => {
    const { slots, mayBegin } = setUp();
    const event = slots.add();
    expect(mayBegin(event)).toBe(true);
    expect(mayBegin(event)).toBe(false);
    expect(slots.withdraw(event)).toBe(false);
  });

  it('never begins once it is taken back, however many were given before the worker reads it', () => {
    const { slots, mayBegin } = setUp();
    const withdrawn = Array.from({ length: MANY }, () => {
      const event = slots.add();
      expect(slots.withdraw(event)).toBe(true);
      return event;
    });
    const last = slots.add();
    expect(withdrawn.filter(mayBegin)).toEqual([]);
    expect(mayBegin(last)).toBe(true);
  });

  it('waits, however many are given and taken back behind it', () => {
    const { slots, mayBegin } = setUp();
    const waiting = [slots.add(), slots.add()];
    for (let i = 0; i < MANY; i++) slots.withdraw(slots.add());
    expect(waiting.map(mayBegin)).toEqual([true, true]);
  });

  it('waits in the slot of one that ends meanwhile', () => {
    const { slots, mayBegin, end } = setUp();
    const running = slots.add();
    mayBegin(running);
    const waiting = Array.from({ length: 64 }, () => slots.add());
    end(running);
    expect(waiting.every(mayBegin)).toBe(true);
  });

  it('has begun for as long as it runs, by the clock of its thread', async () => {
    const { slots, mayBegin, end } = setUp();
    const event = slots.add();
    await sleep(20);
    expect(slots.begunMs(event)).toBe(0);
    mayBegin(event);
    await sleep(20);
    expect(slots.begunMs(event)).toBeGreaterThan(10);
    end(event);
    expect(slots.begunMs(event)).toBe(0);
  });

  it('is not given while each slot has a waiting one', () => {
    const { slots, mayBegin } = setUp();
    const waiting: number[] = [];
    expect(() => {
      for (let i = 0; i < MANY; i++) waiting.push(slots.add());
    }).toThrow('64 events wait in one instance');
    expect(waiting.every(mayBegin)).toBe(true);
  });
});
