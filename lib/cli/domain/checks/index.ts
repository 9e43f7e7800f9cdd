import type { Check, CheckSettings, EndpointFacts, Finding } from '../observe/facts.ts';
import { clientCertificate } from './clientCertificate.ts';
import { floor } from './floor.ts';
import { forwardSecrecy } from './forwardSecrecy.ts';
import { hsts } from './hsts.ts';
import { key } from './key.ts';
import { name } from './name.ts';
import { plainHttp } from './plainHttp.ts';
import { reachable } from './reachable.ts';
import { revoked } from './revoked.ts';
import { signature } from './signature.ts';
import { staple } from './staple.ts';
import { trust } from './trust.ts';
import { validity } from './validity.ts';

const CHECKS: readonly Check[] = [
  reachable,
  clientCertificate,
  validity,
  trust,
  name,
  key,
  signature,
  floor,
  forwardSecrecy,
  hsts,
  plainHttp,
  revoked,
  staple,
];

/** All findings about one address, faults first. */
export function findingsOf(facts: EndpointFacts, settings: CheckSettings): readonly Finding[] {
  const findings = CHECKS.flatMap((check) => check(facts, settings));
  const rank = { fault: 0, unchecked: 1, warning: 2 } as const;
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}
