/** The regional domain of an API as the origin of a distribution: base paths and routing rules apply to what the distribution sends. */
import type { DomainModel } from '../../assembly/domainModel.ts';
import { domainOf, routeOf } from '../domainRoute.ts';
import type { Gateway } from '../gateway.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import type { UseGateway } from '../server.ts';
import type { HttpResponse } from '../step.ts';

const FORBIDDEN: HttpResponse = {
  kind: 'response',
  status: 403,
  headers: [['content-type', 'application/json']],
  body: '{"message":"Forbidden"}',
};

/** A request to `localhost` goes to the API of the distribution as it is. */
export function behindDomain(own: Gateway, domains: readonly DomainModel[], use: UseGateway): Gateway {
  return async (request, rejected) => {
    const sent = messageOf(request);
    const domain = domainOf(domains, sent);
    if (domain === undefined) return own(request, rejected);
    const route = routeOf(domain, sent);
    const used = route && use(route.apiId);
    if (route === undefined || used === undefined) return FORBIDDEN;
    try {
      return await used.gateway({ ...request, path: route.path, sentPath: request.path }, rejected);
    } finally {
      used.end();
    }
  };
}

function messageOf({ headers, path }: IncomingRequest) {
  const single = Object.entries(headers).map(([name, values]) => [name, values.join(', ')]);
  return { headers: Object.fromEntries(single) as Readonly<Record<string, string>>, url: path };
}
