import { readdirSync, readFileSync } from 'node:fs';

const BYTES_OF_A_MB = 1_000_000;

/** Resident memory of a process and of all that it has started, in MB. Linux only. */
export function residentMb(pid: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statusOf(Number(name)));
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
  }
  const bytes = processes.filter(({ id }) => family.has(id)).reduce((sum, { resident }) => sum + resident, 0);
  return bytes / BYTES_OF_A_MB;
}

/** A process that has ended since has no memory. */
function statusOf(id: number): { readonly id: number; readonly parent: number; readonly resident: number } {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { id, parent: field('PPid'), resident: field('VmRSS') * 1024 };
  } catch {
    return { id, parent: 0, resident: 0 };
  }
}
