import type { MergePatch } from '../../lib/definition/mergePatch.ts';
import { isRecord } from '../shared/json.ts';

/**
 * Applies a merge patch (RFC 7396): members of the patch replace those of the target, `null` removes them, objects are merged,
 * everything else, lists included, is replaced. Neither argument is changed.
 *
 * A member is always a property of the result, never its prototype. One with the name `__proto__` is left out, since it would
 * become a prototype where the result is copied by assignment; the body of a request cannot have it.
 *
 * @returns what the schema of the target may not allow, where the whole has rules that the patch breaks.
 * @example
 * ```ts
 * const note: { title: string; text?: string } = { title: 'Plan', text: 'Draft' };
 * applyMergePatch(note, { title: 'Plan B', text: null }); // { title: 'Plan B' }
 * ```
 */
export function applyMergePatch<T>(target: T, patch: MergePatch<NoInfer<T>>): T {
  return merged(target, patch) as T;
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch);
  const members = new Map(Object.entries(isRecord(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (name === '__proto__' || value === undefined) continue;
    if (value === null) members.delete(name);
    else members.set(name, merged(members.get(name), value));
  }
  return Object.fromEntries(members);
}
