import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecureApi } from '../../lib/construct/index.ts';
import { signatureHeaders } from '../../local/services/signature.ts';
import { clientOf } from '../support/client.ts';
import { notes, notesHandlers, notesIdentity } from '../support/corsApi.ts';
import { temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { type IssuedCertificate, issueCertificate, publishList } from '../support/partnerCa.ts';

let gateway: RunningGateway;
let partners: string;
let revoked: IssuedCertificate;
let other: IssuedCertificate;

const issued = (name: string) => issueCertificate(partners, name);
const publish = (...args: readonly string[]) => publishList(partners, gateway, ...args);
/** The status of the public route, or that there was no connection. */
function health({ cert, key }: IssuedCertificate): Promise<number | string> {
  const tls = { servername: 'localhost', agent: false, ca: readFileSync(gateway.ready.ca), cert, key };
  const client = clientOf({ url: gateway.ready.url, ca: gateway.ready.ca }, tls);
  return client('GET', '/health').then(
    ({ status }) => status,
    () => 'no connection',
  );
}

beforeAll(async () => {
  partners = join(temporaryFolder(), 'partner-ca');
  expect(await cli(['certs', 'ca', '--dir', partners])).toMatchObject({ code: 0 });
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  new SecureApi(new Stack(app, 'Notes', { env: { account: '111111111111', region: 'eu-central-1' } }), 'Api', {
    definition: notes,
    handlers: notesHandlers,
    identity: notesIdentity,
    edge: 'cloudfront',
    domain: { name: 'api.example.com', dns: 'external' },
    mtls: { trustStore: join(partners, 'ca.pem'), revocation: true },
  });
  app.synth();
  gateway = await startGateway({ assembly: outdir, args: ['--verbose'] });
  [revoked, other] = [await issued('acme'), await issued('globex')];
}, 120_000);
afterAll(() => gateway?.stop());

describe('a revoked certificate at CloudFront', () => {
  it('gets no connection once the function of the stack has copied its list, also for public routes', async () => {
    expect([await health(revoked), await health(other)]).toEqual([200, 200]);
    await publish('revoke', revoked.file, '--reason', 'keyCompromise');
    expect(await copy()).toEqual({ added: 1, removed: 0 });
    expect([await health(revoked), await health(other)]).toEqual(['no connection', 200]);
    expect(await copy()).toEqual({ added: 0, removed: 0 });
  }, 60_000);
});

/** Runs the function as its schedule would. */
async function copy(): Promise<unknown> {
  const list = (await (await lambda('GET', '/2015-03-31/functions/')).json()) as {
    readonly Functions: readonly { readonly FunctionName: string }[];
  };
  const name = list.Functions.find(({ FunctionName }) => FunctionName.includes('Revocation'))?.FunctionName;
  return (await lambda('POST', `/2015-03-31/functions/${name}/invocations`)).json();
}

function lambda(method: 'GET' | 'POST', path: string): Promise<Response> {
  const { AWS_ENDPOINT_URL_LAMBDA: url = '', ...environment } = gateway.ready.environment;
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION: region = '' } = environment;
  const scope = {
    service: 'lambda',
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    region,
  };
  const body = method === 'POST' ? '{}' : '';
  const request = { method, path, query: new URLSearchParams(), headers: { host: new URL(url).host } };
  const headers = signatureHeaders(request, body, scope, new Date());
  return fetch(`${url}${path}`, { method, headers, ...(method === 'POST' && { body }) });
}
