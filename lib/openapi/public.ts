import type { Api } from '../definition/api.ts';
import { describeAnonymousLimit, describeTier } from './descriptions.ts';
import type { Json, OpenApiDocument } from './json.ts';
import { problemSchema } from './problemSchema.ts';
import { BEARER, publicOperation } from './publicOperation.ts';
import { publicResponses } from './publicResponses.ts';
import { schemaBook } from './schemaBook.ts';
import { webhookSchemes } from './webhooks.ts';

/** What a deployment adds to the public document. */
interface PublicOpenApiOptions {
  /** The base URL of problem types. Default: that of this project. */
  readonly problemTypeBase?: string;
}

/**
 * The OpenAPI 3.1.0 document of an API for people and clients: no AWS extension, schemas as written (2020-12),
 * every rejection that a client can receive, limits and permissions in words. `x-permission` names the permission of an
 * operation; public operations have an empty `security`.
 */
export function publicOpenApi(api: Api, { problemTypeBase }: PublicOpenApiOptions = {}): OpenApiDocument {
  const book = schemaBook();
  const problem = book.add('Problem', problemSchema(problemTypeBase));
  const routes = Object.values(api.routes);
  const paths = new Map<string, Json>();
  for (const route of routes) {
    const operation = publicOperation(route, book, problem);
    paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operation });
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version, description: describe(api) },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: book.schemas(),
      responses: publicResponses(routes, problem),
      securitySchemes: {
        [BEARER]: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: describeToken(api) },
        ...webhookSchemes(routes),
      },
    },
  };
}

function describeToken({ scopes }: Api): string {
  const token = 'An access token (RFC 9068).';
  const named = Object.entries(scopes).map(([name, description]) => `- \`${name}\`: ${description}`);
  return named.length === 0 ? token : `${token} Its scopes, where an operation names some:\n${named.join('\n')}`;
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
  return api.description === undefined ? limits : `${api.description}\n\n${limits}`;
}
