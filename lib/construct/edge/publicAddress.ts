import type { DomainProps } from './domainProps.ts';
import { hostNamesOf } from './hostNames.ts';
import { checkConditions, type SharedDomainProps } from './sharedDomain.ts';

/** Whether an API has a part of a shared domain. */
export function isShared(domain: DomainProps | SharedDomainProps): domain is SharedDomainProps {
  return 'shared' in domain;
}

/** Where clients reach an API. */
export interface PublicAddress {
  readonly hostName: string;
  /** Without slashes around it; empty where the API has the whole name. */
  readonly basePath: string;
}

/**
 * The address of an API with a domain, which is checked first.
 *
 * @throws {ConfigError} `domain-invalid`.
 */
export function publicAddressOf(domain: DomainProps | SharedDomainProps): PublicAddress {
  if (!isShared(domain)) return { hostName: hostNamesOf(domain)[0], basePath: '' };
  checkConditions(domain);
  return { hostName: domain.shared.name, basePath: domain.basePath ?? '' };
}
