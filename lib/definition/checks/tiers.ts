import type { Fault } from '../errors.ts';
import type { Tier } from '../tiers.ts';
import type { UncheckedApi } from './index.ts';
import { rateFaults } from './rates.ts';
import { shown } from './shown.ts';

const PERIODS = ['DAY', 'WEEK', 'MONTH'];
/** A tier's name starts the value of its API key, which has at most 128 characters. */
const TIER = /^[a-z][a-z0-9-]{0,39}$/;
/** `client_id` is printable ASCII (RFC 6749, appendix A.1). */
const CLIENT = /^[\x20-\x7e]{1,255}$/;

/** Tiers: each with rate, burst and quota; the default exists and is open to all; a client has one tier of its own. */
export function checkTiers(api: UncheckedApi): readonly Fault[] {
  const tiers = api.tiers ?? {};
  const names = Object.keys(tiers);
  const faults: Fault[] = [];
  if (names.length === 0) {
    faults.push({
      code: 'tier-missing',
      place: 'tiers',
      found: 'no tier',
      expected: 'at least one tier with rate, burst and quota',
      mend: 'Add a tier; it becomes a usage plan, without which a client has no limit.',
    });
  }
  for (const [name, tier] of Object.entries(tiers)) {
    const place = `tiers.${name}`;
    if (!TIER.test(name)) {
      faults.push(
        invalid(place, name, 'lower case letters, digits and "-", at most 40 characters', 'Rename the tier.'),
      );
    }
    faults.push(...rateFaults(place, tier, 'tier-without-limit', 'tier-invalid'));
    faults.push(...quotaFaults(place, tier?.quota));
  }
  if (api.defaultTier !== undefined && !names.includes(api.defaultTier)) {
    faults.push({
      code: 'default-tier-unknown',
      place: 'defaultTier',
      found: shown(api.defaultTier),
      expected: `one of ${names.join(', ')}`,
      mend: 'Name a tier of this definition.',
    });
  }
  return [...faults, ...clientFaults(tiers, api.defaultTier ?? names[0])];
}

function quotaFaults(place: string, quota: { requests: number; per: string } | undefined): readonly Fault[] {
  if (quota === undefined || quota === null) {
    return [
      {
        code: 'tier-without-limit',
        place: `${place}.quota`,
        found: 'nothing',
        expected: 'a quota such as { requests: 10_000, per: "DAY" }',
        mend: 'Say how many requests a client has in a day, week or month.',
      },
    ];
  }
  const faults: Fault[] = [];
  if (!Number.isInteger(quota.requests) || quota.requests < 1 || quota.requests > 2_147_483_647) {
    faults.push(
      invalid(`${place}.quota.requests`, quota.requests, 'a whole number from 1 to 2,147,483,647', 'Mend the number.'),
    );
  }
  if (!PERIODS.includes(quota.per)) {
    faults.push(
      invalid(
        `${place}.quota.per`,
        quota.per,
        PERIODS.join(', '),
        'API Gateway counts calendar days, weeks and months.',
      ),
    );
  }
  return faults;
}

/** A tier for single clients: the default is not one, and no client has two. */
function clientFaults(tiers: Readonly<Record<string, Tier>>, defaultTier: string | undefined): readonly Fault[] {
  const owners = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [name, tier] of Object.entries(tiers)) {
    if (tier?.clients === undefined) continue;
    const place = `tiers.${name}.clients`;
    if (name === defaultTier) faults.push(reservedDefault(place, name));
    const clients: readonly unknown[] = Array.isArray(tier.clients) ? tier.clients : [];
    if (clients.length === 0 || !clients.every((client) => typeof client === 'string' && CLIENT.test(client))) {
      faults.push(invalid(place, tier.clients, 'ids of clients, 1–255 printable characters', 'Name the clients.'));
    }
    for (const client of clients.map(String)) {
      const other = owners.get(client);
      if (other !== undefined) faults.push(ambiguous(place, client, other));
      owners.set(client, name);
    }
  }
  return faults;
}

function reservedDefault(place: string, name: string): Fault {
  return {
    code: 'default-tier-reserved',
    place,
    found: shown(name),
    expected: 'a default tier that every client may have',
    mend: 'Name another defaultTier: a client that the definition does not know has to get some tier.',
  };
}

function ambiguous(place: string, client: string, other: string): Fault {
  return {
    code: 'tier-client-ambiguous',
    place,
    found: `${shown(client)}, which also has the tier ${other}`,
    expected: 'a client in the list of one tier',
    mend: 'Take the client out of one of the lists.',
  };
}

function invalid(place: string, found: unknown, expected: string, mend: string): Fault {
  return { code: 'tier-invalid', place, found: shown(found), expected, mend };
}
