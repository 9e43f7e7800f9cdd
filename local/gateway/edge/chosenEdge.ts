/** Which distribution a request is for: that of its host, which has to be that of the connection. */
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { LOCAL_NAMES } from '../hostHeader.ts';
import { type Distributions, distributionOfConnection, isOfMachine } from './edgeTls.ts';
import { distributionOf } from './hosts.ts';

interface OfDistribution {
  readonly distribution: DistributionModel;
}

/** The distribution that responds, and the status with which it rejects the request. */
export interface ChosenEdge<T> {
  readonly edge: T;
  readonly rejected?: 421;
}

/**
 * RFC 9110, section 7.4: a request whose host is not that of the connection is rejected with 421, so a client of HTTP/2 connects again. A connection
 * for this machine is for every distribution that asks for no certificate. A host of no distribution stays with that of the connection, which rejects it.
 *
 * @param host undefined where a request has none that is valid
 */
export function chosenEdge<T extends OfDistribution>(
  served: Distributions<T>,
  servername: string | false | null | undefined,
  host: string | undefined,
): ChosenEdge<T> {
  const connected = distributionOfConnection(served, servername) ?? served[0];
  if (host === undefined) return { edge: connected };
  if (LOCAL_NAMES.includes(host)) {
    return isOfMachine(servername) ? { edge: connected } : { edge: connected, rejected: 421 };
  }
  const wanted = distributionOf(served, host);
  if (wanted === undefined || wanted === connected) return { edge: connected };
  const isFree = [connected, wanted].every(({ distribution }) => distribution.mtls === undefined);
  return isOfMachine(servername) && isFree ? { edge: wanted } : { edge: connected, rejected: 421 };
}
