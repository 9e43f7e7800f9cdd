import { isAbsolute, join, relative, resolve } from 'node:path';
import type { styleText } from 'node:util';
import { quoted } from '../../../create/shellWord.ts';
import type { ApiName, PoolClient, Ready } from '../localPackage.ts';
import { DEFAULT_DATA } from '../options.ts';
import { canCall, type FirstRequest, firstRequest } from './firstRequest.ts';
import { gapKinds } from './gapKinds.ts';
import { routeTable } from './routeTable.ts';

/** What the screen shows once an API is served. */
export interface ScreenData {
  readonly ready: Ready;
  readonly notEmulated: readonly string[];
  /** Clients of the user pools, whose ids only this machine has. */
  readonly clients: readonly PoolClient[];
  /** `--data`, as it was given. */
  readonly data: string;
  /** Where the command runs: paths below it are shown relative to it. */
  readonly directory: string;
  /** Characters of a line of the terminal. */
  readonly columns: number;
  /** Whether the keys r and q work. */
  readonly hasKeys: boolean;
  /** Where a debugger attaches. @default - nowhere */
  readonly debugger?: string | undefined;
  readonly isQuiet: boolean;
  /** Fingerprint of the CA of `secure-api certs`, in its default folder. @default - there is none */
  readonly ownCa?: string | undefined;
  /** Whether all that is not emulated is listed. */
  readonly isVerbose: boolean;
  readonly paint: Paint;
}

/** Adds a style where the output takes styles. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const LABEL_WIDTH = 10;
const INDENT = '  ';

/**
 * The screen of a start: addresses and files, the routes of each API with those who are allowed to call them, commands that send a first
 * request, and what is not emulated. The last line says that the API is served.
 */
export function startScreen(screen: ScreenData): string {
  const { ready, isQuiet, paint, hasKeys } = screen;
  const stop = hasKeys ? 'r reloads, q stops' : 'stop it with Ctrl-C';
  const last = `${paint(['bold', 'green'], `Serving ${ready.url}`)} ${paint('dim', `(${stop})`)}`;
  if (isQuiet) return last;
  const { ca, issuer, data, apis } = ready;
  const facts = [
    ...apis.flatMap(({ name, url, edge, names = [] }, index) => [
      [
        index === 0 ? 'address' : 'also',
        `${url} (${name}${edge === undefined ? '' : ', through CloudFront'})`,
      ] as const,
      ...(edge === undefined
        ? []
        : [
            ['HTTP', edge.rejectsHttp ? `${edge.http} (rejects)` : edge.http] as const,
            ['origin', `${edge.origin} (rejects clients)`] as const,
          ]),
      ...names.map((own, i) => [i === 0 ? 'names' : '', nameText(own)] as const),
    ]),
    ['CA', shortPath(ca, screen)] as const,
    ['issuer', issuer] as const,
    ...screen.clients.map(({ name, id, flows }, index) => {
      return [index === 0 ? 'clients' : '', `${name}: ${id} (${flows.join(', ')})`] as const;
    }),
    ['logs', shortPath(join(data, 'logs'), screen)] as const,
    ...(screen.debugger === undefined ? [] : [['debugger', `attach your editor to ${screen.debugger}`] as const]),
  ];
  const sections = [
    facts.map(([label, value]) => `${INDENT}${paint('dim', label.padEnd(LABEL_WIDTH))}${value}`),
    ...apis.map((api) => apiLines(api, screen)),
    gapLines(screen),
  ].filter((lines) => lines.length > 0);
  return [...sections.flatMap((lines) => [...lines, '']), last].join('\n');
}

/** One API: its routes and a first request to it. Several have their names. */
function apiLines(api: Ready['apis'][number], screen: ScreenData): readonly string[] {
  const { ready, data, columns, paint } = screen;
  const gateway = data === DEFAULT_DATA ? '' : ` --data ${quoted(data)}`;
  const defaultTier = ready.apis.find(({ tiers }) => tiers.length > 0)?.tiers[0];
  const isBound = ready.dpop === 'required';
  const { ownCa } = screen;
  const first = firstRequest(api, { ca: shortPath(ready.ca, screen), gateway, defaultTier, isBound, ownCa });
  const title = ready.apis.length > 1 ? [`${INDENT}${paint('bold', api.name)}`] : [];
  return [
    ...title,
    ...namesIn(api, screen),
    '',
    ...routeTable(api.routes, columns - INDENT.length).map((line) => `${INDENT}${line}`),
    ...(first === undefined ? [] : ['', ...commandLines(first, paint)]),
  ];
}

/** The address by a host name, with the headers that choose the API among several. */
function nameText({ name, url, headers = {} }: ApiName): string {
  const needed = Object.entries(headers).map((header) => header.join(': '));
  const notes = [
    ...(name.startsWith('*.') ? [`an example of ${name}`] : []),
    ...(needed.length === 0 ? [] : [`with ${needed.join(', ')}`]),
  ];
  return notes.length === 0 ? url : `${url} (${notes.join(', ')})`;
}

function commandLines({ before, token, request }: FirstRequest, paint: Paint): readonly string[] {
  return [...before, ...(token === undefined ? [] : [token]), ...request].map(
    (line) => `${INDENT}${paint('cyan', line)}`,
  );
}

/** What a token can name. */
function namesIn(api: Ready['apis'][number], { paint }: ScreenData): readonly string[] {
  const { roles, tiers } = api;
  const rows = [
    ['roles', roles.join(', ')],
    ['', tokenRolesText(api)],
    ['tiers', tiers.map((tier, index) => (index === 0 ? `${tier} (default)` : tier)).join(', ')],
  ];
  return rows.flatMap(([label = '', text = '']) =>
    text === '' ? [] : [`${INDENT}${paint('dim', label.padEnd(LABEL_WIDTH))}${text}`],
  );
}

/** Roles of the role map that applies to local tokens, where these are not all; empty otherwise. */
function tokenRolesText(api: Ready['apis'][number]): string {
  const { roles, tokenRoles, routes } = api;
  if (tokenRoles === undefined || tokenRoles.length === roles.length) return '';
  const which = tokenRoles.length === 0 ? 'none of them' : `only ${tokenRoles.join(', ')}`;
  const ofRoles = routes.filter(({ access }) => access?.kind === 'token' && access.roles.length > 0);
  const isUseless = ofRoles.length > 0 && !ofRoles.some((route) => canCall(route, api));
  const end = isUseless ? ', which no route that needs a role accepts' : '';
  return `local tokens have ${which}, by the role map of the first issuer${end}`;
}

/** What is not emulated, each kind once. */
function gapLines({ notEmulated, isVerbose }: ScreenData): readonly string[] {
  if (notEmulated.length === 0) return [];
  const kinds = gapKinds(notEmulated);
  if (isVerbose) return kinds.map((kind) => `${INDENT}not emulated locally: ${kind}`);
  const [subject, all] = kinds.length === 1 ? ['1 feature is', 'it'] : [`${kinds.length} features are`, 'all'];
  return [`${INDENT}${subject} not emulated locally (--verbose lists ${all})`];
}

/** A path below the directory without it. */
function shortPath(path: string, { directory }: ScreenData): string {
  const below = relative(resolve(directory), path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
}
