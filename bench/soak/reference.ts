import { hash } from 'node:crypto';

const REPEATS = 50;
const TEXT = JSON.stringify({
  values: Array.from({ length: 60 }, (_, i) => ({ [`name${i}`]: `value ${i}` })),
});

/** Processor time in µs of work that never changes: what took longer where this did, too, met a slower machine. */
export function referenceMicroseconds(): number {
  const began = process.cpuUsage();
  for (let i = 0; i < REPEATS; i++) hash('sha256', JSON.stringify(JSON.parse(TEXT)));
  return microsecondsSince(began) / REPEATS;
}

/** Processor time of this process. */
export function microsecondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

/** A quarter of the values are below it. */
export function quarter(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}
