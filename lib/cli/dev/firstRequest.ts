import { quoted } from '../../../create/shellWord.ts';
import type { ApiName, Ready, ServedRoute } from '../localPackage.ts';
import { type CertificateUse, certificateUse } from './clientCertificate.ts';

type Api = Ready['apis'][number];

/** A request that somebody can send at once: commands of a POSIX shell, a line each. */
export interface FirstRequest {
  /** Make the client certificate, where the API needs one. */
  readonly before: readonly string[];
  /** Gets the token; absent where the route needs none. */
  readonly token?: string;
  readonly request: readonly string[];
}

/** What the commands are made of besides the API. */
export interface RequestSetting {
  /** Path of the CA certificate, as the shell finds it. */
  readonly ca: string;
  /** Options that name the gateway, such as ` --data other`; empty for the default. */
  readonly gateway: string;
  /** Tier of tokens that name none. */
  readonly defaultTier?: string | undefined;
  readonly isBound: boolean;
  /** Fingerprint of the CA that `secure-api certs` has in its default folder; undefined where there is none. */
  readonly ownCa?: string | undefined;
}

/** File of the key that a bound token belongs to. */
const KEY_FILE = 'client.pem';
/** Stands for the value of a path parameter that is not known. */
const ANY_VALUE = '1';

/** The first request to an API; undefined where no route can be called with what this machine has. */
export function firstRequest(api: Api, setting: RequestSetting): FirstRequest | undefined {
  const [best] = api.routes
    .filter((route) => route.access?.kind !== 'webhook' && canCall(route, api))
    .toSorted((one, other) => effort(one, api) - effort(other, api));
  if (best === undefined) return undefined;
  const { gateway, ownCa } = setting;
  const hasCa = ownCa !== undefined && api.clientCertificates?.authorities.includes(ownCa) === true;
  const certificate = certificateUse(api.clientCertificates, { hasCa, gateway, tier: api.tiers[0] });
  const parts = { ...setting, certificate };
  const token = best.access?.kind === 'token' ? tokenCommand(best, api, parts) : undefined;
  return {
    before: certificate?.before ?? [],
    ...(token === undefined ? {} : { token: `TOKEN=$(${token})` }),
    request: curl(best, api, parts),
  };
}

/** Whether tokens of the local issuer can have a role that the route needs. */
export function canCall({ access }: ServedRoute, { tokenRoles }: Api): boolean {
  if (access?.kind !== 'token' || access.roles.length === 0 || tokenRoles === undefined) return true;
  return access.roles.some((role) => tokenRoles.includes(role));
}

interface Parts extends RequestSetting {
  readonly certificate: CertificateUse | undefined;
}

/** The command that gets a token with which a route can be called, with the options that the API needs and no others. */
function tokenCommand({ access, where = {} }: ServedRoute, api: Api, setting: Parts): string {
  const { roles: allowed = [], scopes = [] } = access?.kind === 'token' ? access : {};
  const { requiredClaims = [], claimExamples = {}, tiers, tokenRoles } = api;
  // A token needs a role or a scope; for a route that any token opens, one role is as good as another.
  const useful = allowed.length > 0 ? allowed : scopes.length > 0 ? [] : api.roles;
  const possible = useful.filter((role) => tokenRoles?.includes(role) ?? true);
  const roles = possible.length > 0 ? possible : useful;
  const claims = [...new Set([...requiredClaims, ...Object.values(where)])];
  const [tier] = tiers;
  return [
    'npx secure-api token',
    ...roles.slice(0, 1).map((role) => `--role ${quoted(role)}`),
    ...scopes.map((scope) => `--scope ${quoted(scope)}`),
    ...claims.map((claim) => `--claim ${quoted(`${claim}=${claimExamples[claim] ?? 'VALUE'}`)}`),
    ...(tier === undefined || tier === setting.defaultTier ? [] : [`--tier ${quoted(tier)}`]),
    ...(setting.certificate?.client === undefined ? [] : [`--client ${quoted(setting.certificate.client)}`]),
    ...(setting.isBound ? [`--dpop ${KEY_FILE}`] : []),
  ]
    .join(' ')
    .concat(setting.gateway);
}

function curl(route: ServedRoute, api: Api, { ca, isBound, certificate }: Parts): readonly string[] {
  const { method, access } = route;
  const host = hostOf(api);
  const url = quoted(`${host?.url ?? api.url}${pathOf(route, api)}`);
  const verb = method === 'GET' || method === 'ANY' ? '' : ` -X ${method}`;
  const start = `curl -i${verb} --cacert ${quoted(ca)}`;
  const proof = `npx secure-api proof ${method} ${url} --key ${KEY_FILE} --token $TOKEN`;
  const credentials = isBound
    ? ['-H "Authorization: DPoP $TOKEN"', `-H "DPoP: $(${proof})"`]
    : ['-H "Authorization: Bearer $TOKEN"'];
  const lines = [
    ...(host === undefined ? [`${start} ${url}`] : [`${start} ${resolveOption(host.url)}`]),
    ...(certificate === undefined ? [] : [certificate.options]),
    ...(host === undefined ? [] : [url]),
    ...Object.entries(host?.headers ?? {}).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(access?.kind === 'token' ? credentials : []),
  ];
  return lines.map((line, i) => `${i === 0 ? '' : '  '}${line}${i === lines.length - 1 ? '' : ' \\'}`);
}

/** The name to call an API by: an example of a wildcard only where there is no other. */
function hostOf({ names = [] }: Api): ApiName | undefined {
  return names.find(({ name }) => !name.startsWith('*.')) ?? names[0];
}

/** Lets curl connect to this machine, because no DNS has the name. */
function resolveOption(url: string): string {
  const { hostname, port } = new URL(url);
  return `--resolve ${quoted(`${hostname}:${port}:127.0.0.1`)}`;
}

/** Low for a request that shows most: one that reads, with a token of a role, without input, at a path without parameters. */
function effort({ method, access, path, where, needsInput }: ServedRoute, api: Api): number {
  const unknown = Object.values(where ?? {}).some((claim) => api.claimExamples?.[claim] === undefined);
  const parameters = [...path.matchAll(/\{([^}]+)\}/g)].filter(([, name]) => where?.[name ?? ''] === undefined);
  return (
    (method === 'GET' || method === 'ANY' ? 0 : 8) +
    (needsInput || unknown ? 4 : 0) +
    (parameters.length > 0 ? 2 : 0) +
    (access?.kind !== 'token' ? 3 : access.roles.length === 0 ? 0.5 : 0)
  );
}

function pathOf({ path, where = {} }: ServedRoute, { claimExamples = {} }: Api): string {
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => claimExamples[where[name] ?? ''] ?? ANY_VALUE);
}
