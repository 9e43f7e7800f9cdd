/** The host names of a stack, and their URLs on this machine. */
import type { DomainModel } from '../assembly/domainModel.ts';
import type { StackModel } from '../assembly/model.ts';
import type { Ready } from '../contracts.ts';
import type { ServedDistributions } from './edgeListeners.ts';

type ServedName = NonNullable<Ready['apis'][number]['names']>[number];

/** The names that the certificate of the gateway covers. */
export function certificateNames({ domains, distributions }: Pick<StackModel, 'domains' | 'distributions'>): string[] {
  const names = [...domains.map(({ name }) => name), ...distributions.flatMap(({ aliases }) => aliases)];
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** The names of the distributions of an API. */
export function namesOfEdge({ distributions, port, httpPort }: ServedDistributions): readonly ServedName[] {
  return distributions
    .flatMap(({ aliases }) => aliases)
    .map((name) =>
      isWildcard(name) ? { name } : { name, url: `https://${name}:${port}`, http: `http://${name}:${httpPort}` },
    );
}

/** The domains that lead to an API, a URL for each base path. */
export function namesOfDomains(domains: readonly DomainModel[], apiId: string, port: number): readonly ServedName[] {
  return domains.flatMap(({ name, targets }) => {
    if (isWildcard(name)) return [{ name }];
    const own = targets.filter((target) => target.apiId === apiId);
    const paths = new Set(own.flatMap(({ basePaths = [] }) => basePaths));
    const isWhole = own.some(({ basePaths }) => basePaths === undefined);
    const all = [...(isWhole ? [''] : []), ...[...paths].map((path) => `/${path}`)];
    return all.map((path) => ({ name, url: `https://${name}:${port}${path}` }));
  });
}

function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}
