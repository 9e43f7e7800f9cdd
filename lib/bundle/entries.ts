import { accessPolicy, authorizerPolicy } from '../access/index.ts';
import type { Api, Route } from '../definition/api.ts';
import type { CertificateSettings } from '../definition/bundledTypes.ts';
import type { BundledIssuers, TokenIssuer, WarmKeys } from '../definition/tokenIssuer.ts';
import { hasExactLimit, routeLimits } from '../limits/index.ts';
import { routeContract, rowRules, type ValidatorSource } from '../validators/index.ts';
import type { EntryFiles } from './entryFiles.ts';
import { keptValidators } from './keptValidators.ts';
import { ownModule } from './ownModule.ts';
import { partsForIssuers } from './partsForIssuers.ts';
import { validatorModules } from './validatorModules.ts';

/** What is in the code of the authorizer, besides the access policy. */
export interface AuthorizerSettings {
  /** Keys that it starts with. */
  readonly warmKeys: Readonly<Record<string, WarmKeys>>;
  /** The settings of the issuers. @default - they are in its environment */
  readonly issuerSettings?: BundledIssuers;
  /** Whose tokens it accepts: it has only the code that they need. @default - issuers of any kind */
  readonly issuers?: readonly TokenIssuer[];
  readonly certificates?: CertificateSettings;
  readonly tracer?: TracerName;
}

/** What takes the spans of requests, by the module that has it. */
export type TracerName = 'xray' | 'otlp';

/** The entry of the authorizer: its code, the access policy, and its settings, if there are any. */
export function authorizerEntry(api: Api, settings: AuthorizerSettings): EntryFiles {
  const { warmKeys, issuerSettings, issuers, certificates, tracer } = settings;
  // Verified by the functions, not by the authorizer.
  const { webhooks: _, ...policy } = accessPolicy(api);
  const hasCertificates = certificates !== undefined;
  const parts = partsForIssuers(issuers);
  const members = [
    ...(parts.length === 0 ? [] : [`parts: { ${parts.map(({ name, by }) => `${name}: ${by}`).join(', ')} }`]),
    ...(Object.keys(warmKeys).length === 0 ? [] : [`warmKeys: ${JSON.stringify(warmKeys)}`]),
    ...(issuerSettings === undefined ? [] : [`tokenIssuers: bundledIssuers(${JSON.stringify(issuerSettings)})`]),
    ...(hasCertificates ? [`certificates: certificateClients(${JSON.stringify(certificates)})`] : []),
    ...(tracer === undefined ? [] : [`recorder: decisionRecorder(${tracer}Tracer)`]),
  ];
  const options = members.length === 0 ? '' : `, { ${members.join(', ')} }`;
  const lines = [
    `import { authorize } from ${quoted(ownModule('authorizer/authorize'))};`,
    ...parts.map(({ by, module }) => `import { ${by} } from ${quoted(ownModule(module))};`),
    ...(issuerSettings === undefined
      ? []
      : [`import { bundledIssuers } from ${quoted(ownModule('authorizer/bundledIssuers'))};`]),
    // Only with mutual TLS: its code reads certificates and lists.
    ...(hasCertificates
      ? [`import { certificateClients } from ${quoted(ownModule('authorizer/certificate/certificateClient'))};`]
      : []),
    ...tracerImport(tracer),
    ...(tracer === undefined
      ? []
      : [`import { decisionRecorder } from ${quoted(ownModule('authorizer/decisionRecorder'))};`]),
    `export const handler = authorize(${JSON.stringify(authorizerPolicy(policy))}${options});`,
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

/** The entry of the trigger, which is the same for every API. */
export function pretokenEntry(): EntryFiles {
  return { 'index.mjs': `export { handler } from ${quoted(ownModule('pretoken/handler'))};\n` };
}

/** The entry of the function that looks at usage. */
export function usageEntry(api: Api): EntryFiles {
  const lines = [
    `import { watchUsage } from ${quoted(ownModule('usage/watchUsage'))};`,
    `export const handler = watchUsage(${quoted(api.name)});`,
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

/** The entry of the canary: of the function that examines the names of the API, and of the one that requests a route. */
export function endpointCheckEntry(api: Api): EntryFiles {
  const name = quoted(api.name);
  const lines = [
    `import { watchEndpoints } from ${quoted(ownModule('endpointCheck/watchEndpoints'))};`,
    `import { watchRoute } from ${quoted(ownModule('endpointCheck/watchRoute'))};`,
    `export const handler = process.env.SECURE_API_CANARY === undefined ? watchEndpoints(${name}) : watchRoute(${name});`,
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

/** The entry of the function that notifies people of alarms. It explains denials by the access rules. */
export function notifierEntry(api: Api): EntryFiles {
  const lines = [
    `import { notify } from ${quoted(ownModule('notifier/notify'))};`,
    `export const handler = notify(${JSON.stringify(routeAccess(api))});`,
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

function routeAccess(definition: Api) {
  const { api, roles, routes } = accessPolicy(definition);
  return { api, roles, routes: routes.map(({ ownership: _, ...route }) => route) };
}

/** The entry of the function that rotates the secret of the API keys, which is the same for every API. */
export function rotationEntry(): EntryFiles {
  const lines = [
    `import { rotateSecret } from ${quoted(ownModule('rotation/rotateSecret'))};`,
    'export const handler = rotateSecret();',
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

/** What is in the code of every handler function. */
export interface GroupSettings {
  readonly problemTypeBase?: string;
  /** Present where responses have the headers of cross-origin requests. */
  readonly cors?: object;
  readonly tracer?: TracerName;
  /** Runs before anything is compiled. */
  readonly before?: () => void;
}

/** The entry of each group's function: the runtime, and for every route its handler, contract and validator. */
export function groupEntries(
  api: Api,
  handlers: Readonly<Record<string, string>>,
  { problemTypeBase, cors, tracer, before }: GroupSettings = {},
): ReadonlyMap<string, EntryFiles> {
  const validators = keptValidators(Object.values(api.routes), before);
  const { roles, exclusive, claims } = accessPolicy(api);
  const ofClaims = claims === undefined ? '' : `, claims: ${JSON.stringify(claims)}`;
  const rules = `roles: ${JSON.stringify(roles)}, exclusive: ${JSON.stringify(exclusive)}${ofClaims}`;
  const base = problemTypeBase === undefined ? '' : `, problemTypeBase: ${quoted(problemTypeBase)}`;
  const settings = `api: ${quoted(api.name)}, ${rules}${base}${cors === undefined ? '' : ', cors: crossOrigin'}${tracer === undefined ? '' : `, ${tracerOption(tracer)}`}`;
  const entries = [...routesByGroup(api)].map(([group, routes]) => {
    const exact = routes.some((route) => hasExactLimit(api, route));
    const once = routes.some(({ idempotency }) => idempotency !== undefined);
    const hooks = routes.some(({ access }) => access.kind === 'webhook');
    const { files, pathOf } = validatorModules(validatorsOf(routes, validators));
    const lines = [
      `import { serve } from ${quoted(ownModule('runtime/serve'))};`,
      ...(cors === undefined ? [] : [`import { crossOrigin } from ${quoted(ownModule('runtime/cors'))};`]),
      ...tracerImport(tracer),
      ...(routes.some(takesFiles)
        ? [`import { readUpload } from ${quoted(ownModule('runtime/upload/readUpload'))};`]
        : []),
      ...(routes.some(takesRows) ? [`import { withRows } from ${quoted(ownModule('runtime/upload/withRows'))};`] : []),
      ...(hooks ? [`import { webhookReceiver } from ${quoted(ownModule('runtime/webhook/receiver'))};`] : []),
      ...(exact ? [`import { exactLimiter } from ${quoted(ownModule('runtime/limit/limiter'))};`] : []),
      ...(once ? [`import { runOnce } from ${quoted(ownModule('runtime/idempotency/runOnce'))};`] : []),
      ...routes.flatMap((route) => importsOf(route, handlers[route.id] ?? '', pathOf)),
      `export const handler = serve({ ${settings}, group: ${quoted(group)}, ${exact ? 'limiter: exactLimiter, ' : ''}${once ? 'runOnce, ' : ''}${hooks ? 'webhooks: webhookReceiver, ' : ''}routes: [`,
      ...routes.map((route) => servedRoute(api, route)),
      ']});',
    ];
    return [group, { ...files, 'index.mjs': `${lines.join('\n')}\n` }] as const;
  });
  return new Map(entries);
}

/** The routes of each function, in the order of the definition. */
function routesByGroup(api: Api): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(Object.values(api.routes), (route) => route.group);
}

/** Route names are camelCase identifiers, so with a prefix they are names of variables that shadow nothing. */
function importsOf(route: Route, file: string, pathOf: (name: string) => string): readonly string[] {
  const { id } = route;
  return [
    `import { handler as handler_${id} } from ${quoted(file)};`,
    `import validate_${id} from '${pathOf(`validators/${id}`)}';`,
    `import response_${id} from '${pathOf(`responses/${id}`)}';`,
    ...(takesRows(route) ? [`import row_${id} from '${pathOf(`rows/${id}`)}';`] : []),
  ];
}

/** The sources of the validators of a function, by their names. */
function validatorsOf(
  routes: readonly Route[],
  sources: Readonly<Record<string, ValidatorSource>>,
): ReadonlyMap<string, string> {
  return new Map(
    routes.flatMap((route) => {
      const { request = '', response = '', row = '' } = sources[route.id] ?? {};
      const ofRows = takesRows(route) ? [[`rows/${route.id}`, row] as const] : [];
      return [[`validators/${route.id}`, request] as const, [`responses/${route.id}`, response] as const, ...ofRows];
    }),
  );
}

function servedRoute(api: Api, route: Route): string {
  const contract = JSON.stringify(routeContract(route));
  const limits = JSON.stringify(routeLimits(api, route));
  const own = `validate: validate_${route.id}, validateResponse: response_${route.id}, handler: handler_${route.id}`;
  return `  { contract: ${contract}, ${own}, limits: ${limits}${readerOf(route)} },`;
}

function readerOf(route: Route): string {
  if (!takesFiles(route)) return '';
  const rules = rowRules(route);
  return rules === undefined
    ? ', readUpload'
    : `, readUpload: withRows(readUpload, row_${route.id}, ${JSON.stringify(rules)})`;
}

/** Only where files are taken do their parsers come into the bundle. */
function takesFiles({ upload }: Route): boolean {
  return upload !== undefined;
}

/** Only where their rows have a schema is a CSV parser in the bundle. */
function takesRows({ request }: Route): boolean {
  return request.rows !== undefined;
}

/** Only with the prop `tracing` is the code that sends spans in the bundle. */
function tracerImport(tracer: TracerName | undefined): readonly string[] {
  return tracer === undefined
    ? []
    : [`import { ${tracer}Tracer } from ${quoted(ownModule(`shared/trace/${tracer}`))};`];
}

function tracerOption(tracer: TracerName): string {
  return `tracer: ${tracer}Tracer`;
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
