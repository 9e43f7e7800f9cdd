/** The host names of a stack, and their URLs on this machine. */
import type { DomainTarget } from '../assembly/domainModel.ts';
import type { StackModel } from '../assembly/model.ts';
import type { Ready } from '../contracts.ts';
import type { ServedDistributions } from './edgeListeners.ts';
import type { ServedApi } from './listeners.ts';

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
    .map((name) => ({
      name,
      url: `https://${hostIn(name)}:${port}`,
      http: `http://${hostIn(name)}:${httpPort}`,
    }));
}

/** The domains that lead to an API, a URL for each base path. A name that leads to several APIs has the port of the first one, which serves all. */
export function namesOfDomains(apiId: string, served: readonly ServedApi[]): readonly ServedName[] {
  const domains = served.find(({ api }) => api.id === apiId)?.domains ?? [];
  return domains.flatMap(({ name, targets }) => {
    const port = served.find(({ api }) => targets.some((target) => target.apiId === api.id))?.port;
    const own = targets.filter((target) => target.apiId === apiId);
    const all = own.flatMap((target) =>
      (target.basePaths?.map((path) => `/${path}`) ?? ['']).map((path) => ({
        name,
        url: `https://${hostIn(name)}:${port}${path}`,
        ...headersOf(target),
      })),
    );
    // Several rules can lead to one URL. The whole name comes before its base paths.
    const once = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
    const depth = ({ url }: ServedName) => url.split('/').length;
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

/** A host name that the name covers. */
function hostIn(name: string): string {
  return name.replace(/^\*\./, 'example.');
}
