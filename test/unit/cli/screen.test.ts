import { describe, expect, it } from 'vitest';
import { type ScreenData, startScreen } from '../../../lib/cli/dev/screen.ts';
import type { Ready, ServedRoute } from '../../../lib/cli/localPackage.ts';

type Api = Ready['apis'][number];

const forRoles = (...roles: string[]): ServedRoute['access'] => ({ kind: 'token', roles, scopes: [] });
const route = (method: string, path: string, access?: ServedRoute['access'], more: Partial<ServedRoute> = {}) => ({
  method,
  path,
  ...(access === undefined ? {} : { access }),
  needsInput: false,
  ...more,
});
const NOTES: Api = {
  name: 'notes',
  url: 'https://localhost:8443',
  lowestTls: '1.3',
  roles: ['reader', 'writer'],
  tiers: ['free', 'premium'],
  routes: [
    route('GET', '/health', { kind: 'public' }),
    route('GET', '/notes', forRoles('reader', 'writer')),
    route('POST', '/notes', forRoles('writer'), { needsInput: true }),
    route('GET', '/me', forRoles()),
    route('POST', '/hooks', { kind: 'webhook', sender: 'stripe' }),
  ],
};

function ready(...apis: readonly Api[]): Ready {
  const [first] = apis;
  const data = '/home/ada/notes/.secure-api';
  return {
    url: first?.url ?? '',
    ca: `${data}/tls/ca.pem`,
    issuer: 'https://localhost:40001',
    pid: 7,
    data,
    dynamodb: 'http://127.0.0.1:1',
    environment: {},
    logs: [],
    clock: { startedAt: 0, speed: 1 },
    apis,
  };
}

function screen(apis: readonly Api[] = [NOTES], more: Partial<ScreenData> = {}): string {
  return startScreen({
    ready: ready(...apis),
    notEmulated: [],
    clients: [],
    data: '.secure-api',
    directory: '/home/ada/notes',
    columns: Number.POSITIVE_INFINITY,
    hasKeys: false,
    isQuiet: false,
    isVerbose: false,
    paint: (_, text) => text,
    ...more,
  });
}
const command = (api: Partial<Api>, more: Partial<ScreenData> = {}) =>
  screen([{ ...NOTES, ...api }], more)
    .split('\n')
    .filter((line) => /^ {2}(TOKEN=|curl| {2}(?:-H|https:))/.test(line))
    .map((line) => line.slice(2));

describe('the start screen', () => {
  it('shows the URL of each host name, and an example of a wildcard', () => {
    const names = [
      { name: 'api.example.com', url: 'https://api.example.com:8443' },
      { name: 'www.example.com', url: 'https://www.example.com:8443' },
      { name: '*.example.com', url: 'https://example.example.com:8443' },
    ];
    expect(
      screen([{ ...NOTES, names }])
        .split('\n')
        .slice(1, 4),
    ).toEqual([
      '  names     https://api.example.com:8443',
      '            https://www.example.com:8443',
      '            https://example.example.com:8443 (an example of *.example.com)',
    ]);
  });

  it('shows addresses, who can call each route, a first request and what is not emulated', () => {
    expect(screen([NOTES], { notEmulated: ['one', 'two'] })).toMatchInlineSnapshot(`
      "  address   https://localhost:8443 (notes)
        CA        .secure-api/tls/ca.pem
        issuer    https://localhost:40001
        logs      .secure-api/logs

        roles     reader, writer
        tiers     free (default), premium

        GET     /health  public
        GET     /notes   reader, writer
        POST    /notes   writer
        GET     /me      any valid token
        POST    /hooks   webhook stripe

        TOKEN=$(npx secure-api token --role reader)
        curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/notes \\
          -H "Authorization: Bearer $TOKEN"

        2 features are not emulated locally (--verbose lists all)

      Serving https://localhost:8443 (stop it with Ctrl-C)"
    `);
  });

  it('suggests a role that local tokens can have, and a route that it can call', () => {
    const routes = [route('GET', '/notes', forRoles('reader')), route('GET', '/drafts', forRoles('reader', 'writer'))];
    expect(command({ routes, tokenRoles: ['writer'] }).slice(0, 2)).toEqual([
      'TOKEN=$(npx secure-api token --role writer)',
      'curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/drafts \\',
    ]);
    expect(screen([{ ...NOTES, routes, tokenRoles: ['writer'] }])).toContain(
      '  roles     reader, writer\n            local tokens have only writer, by the role map of the first issuer\n',
    );
    expect(screen([{ ...NOTES, tokenRoles: ['reader', 'writer'] }])).not.toContain('local tokens');
    expect(command({ routes: [route('GET', '/me', forRoles())], tokenRoles: ['writer'] })[0]).toContain(
      '--role writer',
    );
  });

  it('suggests no request that is rejected where local tokens have no role that a route needs', () => {
    const routes = [route('GET', '/notes', forRoles('reader'))];
    expect(command({ routes, tokenRoles: ['writer'] })).toEqual([]);
    expect(screen([{ ...NOTES, routes, tokenRoles: ['writer'] }])).toContain(
      'local tokens have only writer, by the role map of the first issuer, which no route that needs a role accepts\n',
    );
    expect(screen([{ ...NOTES, routes, tokenRoles: [] }])).toContain('local tokens have none of them, by the role map');
    const both = [...routes, route('GET', '/health', { kind: 'public' })];
    expect(command({ routes: both, tokenRoles: ['writer'] })).toEqual([
      'curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/health',
    ]);
  });

  it('lists with --verbose what is not emulated, and is one line with --quiet', () => {
    expect(screen([NOTES], { notEmulated: ['Api: logs'], isVerbose: true })).toContain(
      '\n  not emulated locally: Api: logs\n',
    );
    expect(screen([NOTES], { notEmulated: ['Api: logs'] })).toContain(
      '  1 feature is not emulated locally (--verbose lists it)',
    );
    expect(screen([NOTES], { isQuiet: true, hasKeys: true })).toBe(
      'Serving https://localhost:8443 (r reloads, q stops)',
    );
  });

  it('lists what is not emulated once for each type and feature, with the number of resources', () => {
    const rule = (id: string) => `Notes/${id} (AWS::Events::Rule): schedules and events do not run`;
    const alarm = 'Notes/Expiry (AWS::CloudWatch::Alarm): the property InsufficientDataActions is not emulated';
    const notEmulated = [rule('A'), alarm, rule('B'), rule('C')];
    expect(
      screen([NOTES], { notEmulated, isVerbose: true })
        .split('\n')
        .filter((line) => line.includes('not emulated')),
    ).toEqual([
      '  not emulated locally: AWS::Events::Rule (3 resources): schedules and events do not run',
      `  not emulated locally: ${alarm}`,
    ]);
    expect(screen([NOTES], { notEmulated })).toContain('2 features are not emulated locally (--verbose lists all)');
  });

  it('shows the headers that choose an API among several of one name', () => {
    const names = [
      { name: 'a.example.com', url: 'https://a.example.com:8443' },
      { name: 'b.example.com', url: 'https://b.example.com:8443/v', headers: { 'x-api-version': '2' } },
    ];
    expect(screen([{ ...NOTES, names }])).toContain(
      '\n  names     https://a.example.com:8443\n            https://b.example.com:8443/v (with x-api-version: 2)\n',
    );
  });

  it('says whether plain HTTP is rejected', () => {
    const edge = { http: 'http://localhost:8445', rejectsHttp: true, origin: 'https://localhost:8443' };
    expect(screen([{ ...NOTES, edge }])).toContain('HTTP      http://localhost:8445 (rejects)\n');
    expect(screen([{ ...NOTES, edge: { ...edge, rejectsHttp: false } }])).toContain('http://localhost:8445\n');
  });

  it('prefers a route that needs a token, also one with a path parameter', () => {
    const routes = [route('GET', '/health', { kind: 'public' }), route('GET', '/notes/{id}', forRoles('reader'))];
    expect(command({ routes })[0]).toBe('TOKEN=$(npx secure-api token --role reader)');
  });

  it('names the clients of user pools, whose ids only this machine has, except with --quiet', () => {
    const clients = [
      { name: 'web', id: 'a1', flows: ['code'] },
      { name: 'reports', id: 'b2', flows: ['client_credentials'] },
    ];
    expect(screen([NOTES], { clients })).toContain(
      '\n  clients   web: a1 (code)\n            reports: b2 (client_credentials)\n',
    );
    expect(screen([NOTES], { clients, isQuiet: true })).toBe('Serving https://localhost:8443 (stop it with Ctrl-C)');
  });

  it('sums up more than twenty routes by their first segment', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      route(i % 2 === 0 ? 'GET' : 'PUT', `/rooms/${i}`, forRoles('reader')),
    );
    const text = screen([{ ...NOTES, routes: [...many, route('GET', '/health', { kind: 'public' })] }]);
    expect(text).toContain('\n  20 routes  /rooms   GET, PUT\n  1 route    /health  GET\n');
  });

  it('cuts columns, and no command, to the width of the terminal', () => {
    const routes = [route('GET', '/rooms/with/a/very/long/path/to/them', forRoles('reader', 'writer'))];
    const lines = screen([{ ...NOTES, routes }], { columns: 40 }).split('\n');
    const table = lines.filter((line) => line.startsWith('  GET'));
    expect(table.map((line) => [line.length <= 40, line.includes('…')])).toEqual([[true, true]]);
    expect(lines.some((line) => line.includes('/rooms/with/a/very/long/path/to/them'))).toBe(true);
  });

  it('shows several APIs, each with its routes and first request', () => {
    const admin = { ...NOTES, name: 'admin', url: 'https://localhost:40002', tiers: ['staff'] };
    const text = screen([NOTES, admin]);
    expect(text).toContain('  address   https://localhost:8443 (notes)\n  also      https://localhost:40002 (admin)\n');
    expect(text).toContain('--role reader --tier staff)\n');
    expect(text).toContain(' https://localhost:40002/notes ');
  });
});

describe('the first request of the screen', () => {
  it('names another data directory, as the shell takes it', () => {
    expect(command({}, { data: "it's here" })[0]).toBe(
      "TOKEN=$(npx secure-api token --role reader --data 'it'\\''s here')",
    );
  });

  it('has the claims that the API requires and that its path is compared with', () => {
    const routes = [route('GET', '/t/{tenant}/orders', forRoles('reader'), { where: { tenant: 'org' } })];
    const claims = { requiredClaims: ['site'], claimExamples: { org: 'acme', site: 'a1' } };
    expect(command({ routes, ...claims })).toEqual([
      'TOKEN=$(npx secure-api token --role reader --claim site=a1 --claim org=acme)',
      'curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/t/acme/orders \\',
      '  -H "Authorization: Bearer $TOKEN"',
    ]);
  });

  it('has scopes where the route needs them, and a role only where it needs one', () => {
    const access = { kind: 'token', roles: [], scopes: ['notes.read', 'notes.all'] } as const;
    expect(command({ routes: [route('GET', '/notes', access)] })[0]).toBe(
      'TOKEN=$(npx secure-api token --scope notes.read --scope notes.all)',
    );
    expect(command({ routes: [route('GET', '/me', forRoles())] })[0]).toBe(
      'TOKEN=$(npx secure-api token --role reader)',
    );
  });

  it('needs no token where all routes are public, and no path that the template does not explain', () => {
    expect(command({ routes: [route('GET', '/health', { kind: 'public' })] })).toEqual([
      'curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/health',
    ]);
    expect(command({ routes: [route('POST', '/things/{id}')] })).toEqual([
      'curl -i -X POST --cacert .secure-api/tls/ca.pem https://localhost:8443/things/1',
    ]);
    expect(command({ routes: [] })).toEqual([]);
  });

  it('calls a name of the API, which only this machine resolves, and no wildcard', () => {
    const names = [
      { name: '*.t.example.com', url: 'https://example.t.example.com:8443' },
      { name: 'a.example.com', url: 'https://a.example.com:8443' },
    ];
    expect(command({ names })).toEqual([
      'TOKEN=$(npx secure-api token --role reader)',
      'curl -i --cacert .secure-api/tls/ca.pem --resolve a.example.com:8443:127.0.0.1 \\',
      '  https://a.example.com:8443/notes \\',
      '  -H "Authorization: Bearer $TOKEN"',
    ]);
  });

  it('says which certificate to make where no CA of this folder issues it', () => {
    const client = { from: 'uri', example: { name: 'spiffe://a/b', client: 'acme' } } as const;
    const certificates = { mode: 'required', authorities: ['AA:BB'], needsRevocationList: true, client } as const;
    const text = screen([{ ...NOTES, clientCertificates: certificates }], { ownCa: 'CC:DD' });
    expect(text).toContain(
      '# client.pem and client.key are a certificate for uri spiffe://a/b of a CA in the trust store, whose revocation list is published, and its key\n',
    );
    expect(text).toContain('--cert client.pem --key client.key');
    expect(text).toContain('--role reader --client acme)');
    expect(screen([{ ...NOTES, clientCertificates: certificates }], { ownCa: 'AA:BB' })).toContain(
      'certs issue acme --uri spiffe://a/b --reuse |',
    );
  });

  it('proves the key of a token that has to be bound to one', () => {
    const bound = { ...ready(NOTES), dpop: 'required' as const };
    expect(command({}, { ready: bound })).toEqual([
      'TOKEN=$(npx secure-api token --role reader --dpop client.pem)',
      'curl -i --cacert .secure-api/tls/ca.pem https://localhost:8443/notes \\',
      '  -H "Authorization: DPoP $TOKEN" \\',
      '  -H "DPoP: $(npx secure-api proof GET https://localhost:8443/notes --key client.pem --token $TOKEN)"',
    ]);
  });
});
