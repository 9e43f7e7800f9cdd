import type { Account } from '../account.ts';
import { hostNames } from '../facts/apiGateway.ts';
import { certificateState } from '../facts/certificates.ts';
import { publicDns, recordTypes, type Zone, zoneById, zonesNamed } from '../facts/domains.ts';
import { checkCertificate, checkCertificateRegion, usedCertificates } from './certificates.ts';
import type { Check, CheckContext, Result } from './context.ts';
import {
  checkDelegation,
  checkHostName,
  checkOwnDns,
  checkRecords,
  checkZone,
  type ServedName,
  servedNames,
} from './domains.ts';

/** The checks of host names, hosted zones and certificates. */
export function domainChecks(account: Account, context: CheckContext, now: Date): readonly Check[] {
  return [
    ...servedNames(context).flatMap((served) => checksOf(served, account, context)),
    ...usedCertificates(context).map(
      (used): Check => ({
        check: 'certificate',
        run: async () => {
          const misplaced = checkCertificateRegion(used);
          if (misplaced.length > 0) return misplaced;
          return checkCertificate(used, await certificateState(account, used.arn), now);
        },
      }),
    ),
  ];
}

function checksOf(served: ServedName, account: Account, context: CheckContext): readonly Check[] {
  const { name } = served;
  const [zones, wanted] = zonesOf(served, account, context);
  const hostName: Check = {
    check: 'host name',
    needsStack: true,
    run: async () => checkHostName(context, name, await hostNames(account)),
  };
  if (zones === undefined) {
    if (!served.isIssued) return [hostName];
    const run = async () => checkOwnDns(served, await publicDns(name, undefined));
    return [hostName, { check: 'certificate authority', run }];
  }
  // Each check that needs them reports a failure.
  zones.catch(() => undefined);
  const inZone = async (check: (zone: Zone) => Promise<readonly Result[]>): Promise<readonly Result[]> => {
    const found = await zones;
    const [zone] = found;
    // The check of the zone reports a wrong one.
    return zone === undefined || checkZone(name, found, wanted).some(({ severity }) => severity === 'error')
      ? []
      : check(zone);
  };
  return [
    hostName,
    { check: 'hosted zone', run: async () => checkZone(name, await zones, wanted) },
    {
      check: 'delegation',
      run: () => inZone(async (zone) => checkDelegation(served, zone, await publicDns(name, zone.name))),
    },
    {
      check: 'records',
      needsStack: true,
      run: () => inZone(async (zone) => checkRecords(served, zone, await recordTypes(account, zone.id, name))),
    },
  ];
}

/** The hosted zones for a name: that of the template, or those that a lookup of the CDK would find. */
function zonesOf(
  { zone }: ServedName,
  account: Account,
  { stack }: CheckContext,
): readonly [Promise<readonly Zone[]> | undefined, string] {
  const lookup = stack.missing.find(
    ({ provider, domainName }) => provider === 'hosted-zone' && domainName !== undefined,
  );
  if (lookup?.domainName !== undefined) return [zonesNamed(account, lookup.domainName), lookup.domainName];
  if (zone === undefined) return [undefined, ''];
  return [zoneById(account, zone).then((found) => (found === undefined ? [] : [found])), zone];
}
