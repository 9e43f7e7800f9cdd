import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Which cores a function and its Runtime API run on. An exchange between two cores takes nearly twice as long as one on a single core, and a scheduler that
 * is free chooses anew for each process, so its figures are a mixture of both.
 */
export type Placement = 'own core' | 'shared core';

/** The cores that this process is allowed to use, as Linux lists them (`0-2,7`); none on other systems. */
function allowedCores(): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\t(.+)$/m.exec(statusOfProcess()) ?? [];
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    if (range === '' || first === undefined || last === undefined) return [];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

function statusOfProcess(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}

/** Moves all threads of this process to some cores (`taskset` of util-linux: Node.js cannot). @returns whether it could. */
function moveTo(cores: readonly number[]): boolean {
  return spawnSync('taskset', ['-a', '-p', '-c', cores.join(','), String(process.pid)]).status === 0;
}

/**
 * Keeps this process, which is the Runtime API, on one core while it measures.
 *
 * @param measure receives the core for functions; undefined where processes cannot be kept on cores, and the scheduler chooses.
 */
export async function placed<T>(
  placement: Placement,
  measure: (functionCore: number | undefined) => Promise<T>,
): Promise<T> {
  const cores = allowedCores();
  const [functionCore, other] = cores;
  const ownCore = placement === 'own core' ? other : functionCore;
  if (ownCore === undefined || !moveTo([ownCore])) {
    process.stderr.write(
      `  the scheduler chooses the cores, not "${placement}": that needs Linux, taskset and two cores\n`,
    );
    return measure(undefined);
  }
  try {
    return await measure(functionCore);
  } finally {
    moveTo(cores);
  }
}
