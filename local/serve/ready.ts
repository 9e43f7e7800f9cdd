import type { StackModel } from '../assembly/model.ts';
import type { Ready } from '../contracts.ts';
import { viewerPolicy } from '../gateway/edge/viewerPolicy.ts';
import type { LocalTls } from '../services/certificates.ts';
import { claimsToRequest, exampleClaims } from '../services/issuer/assignedClaims.ts';
import type { TokenSettings } from '../services/issuer/tokenSettings.ts';
import type { StartedServices } from '../services/start.ts';
import { apiOfLog } from './apiOfLog.ts';
import { clientCertificatesOf } from './clientCertificates.ts';
import type { ServedDistributions } from './edgeListeners.ts';
import type { ServedApi } from './listeners.ts';
import { namesOfDomains, namesOfEdge } from './names.ts';
import type { SecretString } from './tokenIssuers.ts';
import { tokenRolesOf } from './tokenRoles.ts';

/** What `ready.json` is made of. */
export interface ReadyParts {
  readonly tls: LocalTls;
  readonly services: StartedServices;
  readonly data: string;
  readonly environment: Ready['environment'];
  readonly clock: Ready['clock'];
  readonly model: Pick<StackModel, 'apis' | 'functions' | 'logFiles'>;
  readonly tokenSettings: TokenSettings;
  readonly secretString: SecretString;
  readonly requiresBoundTokens: boolean;
}

/** What others need to know to use the gateway. */
export function readyOf(served: readonly ServedApi[], edges: readonly ServedDistributions[], parts: ReadyParts): Ready {
  const { tls, services, data, environment, clock, model, tokenSettings, secretString, requiresBoundTokens } = parts;
  const apis = served.map(({ api, domains, port }) => {
    const { id, name, definition, revocationLists, webhooks, tokenHints, access, routes } = api;
    const edge = edges.find((each) => each.api.id === id);
    const names = edge === undefined ? namesOfDomains(id, served) : namesOfEdge(edge);
    const clientCertificates = clientCertificatesOf(api, domains, edge);
    const { roles = [], tiers = [], claims = {} } = tokenHints ?? {};
    const requiredClaims = claimsToRequest(claims, tokenSettings);
    const tokenRoles = tokenRolesOf(api, model.functions, { format: tokenSettings.targets[0]?.format, secretString });
    const claimExamples = exampleClaims(claims, tokenSettings);
    return {
      name,
      ...(definition === undefined ? {} : { definition }),
      ...addressesOf(edge, `https://localhost:${port}`),
      lowestTls: lowestTlsOf(api, edge),
      ...(names.length === 0 ? {} : { names }),
      ...(clientCertificates === undefined ? {} : { clientCertificates }),
      ...(revocationLists === undefined ? {} : { revocationLists }),
      ...(webhooks === undefined ? {} : { webhooks }),
      ...(requiredClaims.length === 0 ? {} : { requiredClaims }),
      ...(Object.keys(claimExamples).length === 0 ? {} : { claimExamples }),
      roles,
      ...(tokenRoles === undefined ? {} : { tokenRoles: tokenRoles.filter((role) => roles.includes(role)) }),
      tiers,
      routes,
      ...(access === undefined ? {} : { access }),
    };
  });
  const dynamodb = services.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  const url = apis[0]?.url ?? '';
  const { issuer, metricsUrl } = services;
  const ready = {
    url,
    ca: tls.caPath,
    issuer,
    pid: process.pid,
    data,
    dynamodb,
    metricsUrl,
    environment,
    clock,
    logs: logsOf(model),
    apis,
  };
  return requiresBoundTokens ? { ...ready, dpop: 'required' } : ready;
}

function logsOf(model: Pick<StackModel, 'apis' | 'logFiles'>): Ready['logs'] {
  return Object.entries(model.logFiles).map(([logGroup, name]) => {
    const api = apiOfLog(model, logGroup);
    return { name, logGroup, ...(api === undefined ? {} : { api }) };
  });
}

/** `localhost` has the policy of the first distribution. */
function lowestTlsOf({ minTlsVersion }: ServedApi['api'], edge: ServedDistributions | undefined): '1.2' | '1.3' {
  const [first] = edge?.distributions ?? [];
  const lowest = first === undefined ? minTlsVersion : viewerPolicy(first.viewerPolicy).minVersion;
  return lowest === 'TLSv1.3' ? '1.3' : '1.2';
}

function addressesOf(edge: ServedDistributions | undefined, origin: string) {
  if (edge === undefined) return { url: origin };
  const { port, httpPort, distributions } = edge;
  const rejectsHttp = distributions[0]?.http === 'https-only';
  return { url: `https://localhost:${port}`, edge: { http: `http://localhost:${httpPort}`, rejectsHttp, origin } };
}
