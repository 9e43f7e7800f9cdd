import type { ApiInput, RoutesInput } from '../api.ts';
import type { Fault } from '../fault.ts';
import type { RolesInput } from '../roles.ts';
import type { TiersInput } from '../tiers.ts';

/** A definition as the checks receive it: JavaScript and JSON bypass the types, so every value is checked. */
export type UncheckedApi = ApiInput<RolesInput, TiersInput, RoutesInput>;

/** Inspects one aspect of a definition and returns every fault in it. */
export type Check = (api: UncheckedApi) => readonly Fault[];

const LONGEST = 80;

/** A value as a fault shows it: shortened JSON, or `nothing` for `undefined`. */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json;
}
