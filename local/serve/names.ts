/** The host names of a stack, and their URLs on this machine. */
import type { DomainModel, DomainTarget } from '../assembly/domainModel.ts';
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
    const all = own.flatMap((target) =>
      (target.basePaths?.map((path) => `/${path}`) ?? ['']).map((path) => ({
        name,
        url: `https://${name}:${port}${path}`,
        ...headersOf(target),
      })),
    );
    // Several rules can lead to one URL. The whole name comes before its base paths.
    const once = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
    const depth = ({ url }: ServedName) => (url ?? '').split('/').length;
    return once.toSorted((one, other) => depth(one) - depth(other));
  });
}

/** A value for each condition: a glob without its wildcards, which stand for any characters or none. */
function headersOf({ headers }: DomainTarget): Pick<ServedName, 'headers'> {
  const pairs = headers.flatMap(([one]) => (one === undefined ? [] : [[one.header, exampleOf(one.glob)] as const]));
  return pairs.length === 0 ? {} : { headers: Object.fromEntries(pairs) };
}

function exampleOf(glob: string): string {
  return glob.replaceAll('*', '') || 'any';
}

function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}
