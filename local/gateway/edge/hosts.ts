/** Which distribution a host name leads to. */
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { hostOfName } from '../tlsHosts.ts';

/** What has a distribution. */
interface OfDistribution {
  readonly distribution: Pick<DistributionModel, 'aliases' | 'domainName'>;
}

/** The distribution with this alias or domain; an exact name goes before a wildcard. */
export function distributionOf<T extends OfDistribution>(served: readonly T[], name: string): T | undefined {
  const hosts = served.flatMap((edge) => {
    const { aliases, domainName } = edge.distribution;
    return [domainName, ...aliases].map((each) => ({ name: each.toLowerCase(), edge }));
  });
  return hostOfName(hosts, name)?.edge;
}
