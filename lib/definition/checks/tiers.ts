import type { Fault } from '../fault.ts';
import type { TierInput } from '../tiers.ts';
import { formatValue, oneOf, type UncheckedApi } from './check.ts';
import { rateFaults } from './rates.ts';

const PERIODS = ['DAY', 'WEEK', 'MONTH'];
/** A tier's name starts the value of its API key, which has at most 128 characters. */
const TIER = /^[a-z][a-z0-9-]{0,39}$/;
/** `client_id` is printable ASCII (RFC 6749, appendix A.1). */
const CLIENT = /^[\x20-\x7e]{1,255}$/;

/** Tiers: each with rate, burst and quota; the default exists and is open to all; a client has at most one reserved tier. */
export function checkTiers(api: UncheckedApi): readonly Fault[] {
  const tiers = api.tiers ?? {};
  const names = Object.keys(tiers);
  const faults: Fault[] = [];
  if (names.length === 0) {
    faults.push({
      code: 'tier-missing',
      location: 'tiers',
      found: 'no tier',
      expected: 'at least one tier with rate, burst and quota',
      fix: 'Add a tier. It becomes a usage plan, without which a client has no limit.',
    });
  }
  for (const [name, tier] of Object.entries(tiers)) {
    const location = `tiers.${name}`;
    if (!TIER.test(name)) {
      faults.push(
        invalid(location, name, 'lower case letters, digits and "-", at most 40 characters', 'Rename the tier.'),
      );
    }
    faults.push(...rateFaults(location, tier, 'tier-without-limit', 'tier-invalid'));
    faults.push(...quotaFaults(location, tier?.quota));
  }
  if (api.defaultTier !== undefined && !names.includes(api.defaultTier)) {
    faults.push({
      code: 'default-tier-unknown',
      location: 'defaultTier',
      found: formatValue(api.defaultTier),
      expected: oneOf(names, 'a tier, of which the definition has none'),
      fix: 'Name a tier of this definition.',
    });
  }
  return [...faults, ...clientFaults(tiers, api.defaultTier ?? names[0])];
}

function quotaFaults(location: string, quota: { requests: number; per: string } | undefined): readonly Fault[] {
  if (quota === undefined || quota === null) {
    return [
      {
        code: 'tier-without-limit',
        location: `${location}.quota`,
        found: 'nothing',
        expected: 'a quota such as { requests: 10_000, per: "DAY" }',
        fix: 'Set how many requests a client has in a day, week or month.',
      },
    ];
  }
  const faults: Fault[] = [];
  if (!Number.isInteger(quota.requests) || quota.requests < 1 || quota.requests > 2_147_483_647) {
    faults.push(
      invalid(
        `${location}.quota.requests`,
        quota.requests,
        'a whole number from 1 to 2,147,483,647',
        'Change the number.',
      ),
    );
  }
  if (!PERIODS.includes(quota.per)) {
    faults.push(
      invalid(
        `${location}.quota.per`,
        quota.per,
        PERIODS.join(', '),
        'Choose one of them. API Gateway counts calendar days, weeks and months.',
      ),
    );
  }
  return faults;
}

/** A tier for single clients: the default is not one, and no client has two. */
function clientFaults(tiers: Readonly<Record<string, TierInput>>, defaultTier: string | undefined): readonly Fault[] {
  const owners = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [name, tier] of Object.entries(tiers)) {
    if (tier?.clients === undefined) continue;
    const location = `tiers.${name}.clients`;
    if (name === defaultTier) faults.push(reservedDefault(location, name));
    const clients: readonly unknown[] = Array.isArray(tier.clients) ? tier.clients : [];
    if (clients.length === 0 || !clients.every((client) => typeof client === 'string' && CLIENT.test(client))) {
      faults.push(invalid(location, tier.clients, 'client ids, 1–255 printable characters each', 'Name the clients.'));
    }
    for (const client of clients.map(String)) {
      const other = owners.get(client);
      if (other !== undefined) faults.push(ambiguous(location, client, other));
      owners.set(client, name);
    }
  }
  return faults;
}

function reservedDefault(location: string, name: string): Fault {
  return {
    code: 'default-tier-reserved',
    location,
    found: formatValue(name),
    expected: 'a default tier that every client can have',
    fix: 'Name another defaultTier. It is the tier of every client that the definition does not name.',
  };
}

function ambiguous(location: string, client: string, other: string): Fault {
  return {
    code: 'tier-client-ambiguous',
    location,
    found: `${formatValue(client)}, which also has the tier ${other}`,
    expected: 'a client in the list of one tier',
    fix: 'Remove the client from one of the lists.',
  };
}

function invalid(location: string, found: unknown, expected: string, fix: string): Fault {
  return { code: 'tier-invalid', location, found: formatValue(found), expected, fix };
}
