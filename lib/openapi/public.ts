import type { Api } from '../definition/api.ts';
import { describeAnonymousLimit, describeTier } from './descriptions.ts';
import type { Json, OpenApiDocument } from './json.ts';
import { problemSchema } from './problemSchema.ts';
import { publicOperation } from './publicOperation.ts';
import { publicResponses } from './publicResponses.ts';
import { publicSchemas } from './publicSchemas.ts';
import { type DocumentIssuer, publicSecurity } from './publicSecurity.ts';
import type { DocumentServer } from './publicServers.ts';
import { webhookSchemes } from './webhooks.ts';

/** What a deployment adds to the public document. */
interface PublicOpenApiOptions {
  /** The base URL of problem types. Default: that of this project. */
  readonly problemTypeBase?: string;
  /** Where clients reach the API. Default: the host that serves the document. */
  readonly servers?: readonly DocumentServer[];
  /** Whose tokens the API accepts. Default: not known, so that the document describes a bearer token. */
  readonly issuers?: readonly DocumentIssuer[];
}

const PROBLEM = 'Problem';

/**
 * The OpenAPI 3.1.0 document of an API for people and clients: no AWS extension, schemas as written (2020-12),
 * every rejection that a client can receive, limits and permissions in words. `x-permission` names the permission of an
 * operation; public operations have an empty `security`.
 */
export function publicOpenApi(api: Api, options: PublicOpenApiOptions = {}): OpenApiDocument {
  const { problemTypeBase, servers = [], issuers = [] } = options;
  const book = publicSchemas(api, [PROBLEM]);
  const problem = { $ref: `#/components/schemas/${PROBLEM}` };
  const security = publicSecurity(api, issuers);
  const routes = Object.values(api.routes);
  const paths = new Map<string, Json>();
  for (const route of routes) {
    const operation = publicOperation(route, { book, security, problem });
    paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operation });
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: describe(api) },
    servers: servers.length === 0 ? [{ url: '/' }] : servers,
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: { [PROBLEM]: problemSchema(problemTypeBase), ...book.schemas() },
      responses: publicResponses(routes, problem),
      securitySchemes: { ...security.schemes, ...webhookSchemes(routes) },
    },
  };
}

function describe(api: Api): string {
  // A tier for one client is not shown to others.
  const open = Object.entries(api.tiers).filter(([, { clients }]) => clients === undefined);
  const tiers = open.map(
    ([name, tier]) => `- ${name}${name === api.defaultTier ? ' (default)' : ''}: ${describeTier(tier)}`,
  );
  const anonymous = api.anonymous === undefined ? [] : [`- without a token: ${describeAnonymousLimit(api.anonymous)}`];
  const all = [...tiers, ...anonymous].join('\n');
  const limits = `Limits by the tier of the caller's client; past them the response is 429 with \`Retry-After\`. Responses advertise them in \`RateLimit-Policy\` and, where it is known what remains, in \`RateLimit\`.\n${all}`;
  const isRead = Object.values(api.routes).some(({ method }) => method === 'GET');
  const head = isRead ? ['`HEAD` is possible wherever `GET` is, with the same access and limits.'] : [];
  return [...(api.description === undefined ? [] : [api.description]), limits, ...head].join('\n\n');
}
