import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { startDynamoDb } from '../../../../local/services/dynamodb/start.ts';
import { access } from '../../../../local/test/support/services.ts';

/** A server for a test. */
export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof selfSigned> | undefined;

/** The certificate of {@link startHttps} with its key, in PEM; this process trusts it. */
export function localCertificate(): ReturnType<typeof selfSigned> {
  certificate ??= selfSigned().then((made) => {
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), made.cert]);
    return made;
  });
  return certificate;
}

/** Serves real HTTPS, with a certificate that this process trusts; the same for all servers, or their names would be confused. */
export async function startHttps(listener: RequestListener): Promise<TestServer> {
  const server = createServer(await localCertificate(), listener);
  const port = await listen(server);
  return { url: `https://localhost:${port}`, close: () => stop(server) };
}

/** The versions of a secret. */
interface Versions {
  readonly current: string;
  readonly previous?: string;
}

/** A Secrets Manager that knows the versions of secrets; `*` stands for every secret that is not named. */
export async function startSecrets(initial: string | Readonly<Record<string, Versions>>) {
  let secrets = typeof initial === 'string' ? { '*': { current: initial } as Versions } : { ...initial };
  let requests = 0;
  let failing = false;
  const server = createHttpServer(async (request, response) => {
    requests += 1;
    const known = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true;
    const { SecretId = '', VersionStage } = JSON.parse((await bodyOf(request)) || '{}');
    const versions = (secrets as Readonly<Record<string, Versions>>)[SecretId] ?? secrets['*'];
    const value = VersionStage === 'AWSPREVIOUS' ? versions?.previous : versions?.current;
    const good = known && signed && !failing;
    response.writeHead(good && value !== undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(good && value === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: value }),
    );
  });
  await listen(server);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    fail: (next: boolean) => {
      failing = next;
    },
    rotate: (id: string, versions: Versions) => {
      secrets = { ...secrets, [id]: versions };
    },
    close: () => stop(server),
  };
}

/** A DynamoDB with tables whose key is `id`. */
export async function startTables(data: string, names: readonly string[]) {
  const properties = {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
  const tables = names.map((name) => ({ name, logicalId: name, properties }));
  return startDynamoDb(data, tables, access);
}

export async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A self-signed certificate, in PEM. */
export async function clientCertificate(name: string): Promise<string> {
  return (await selfSigned(name)).cert;
}

async function selfSigned(name = 'localhost'): Promise<{ key: string; cert: string }> {
  // The package requires a metadata polyfill, of which only the names are needed here.
  const none = () => undefined;
  if (!('getMetadata' in Reflect)) {
    Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
  }
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [
      new x509.BasicConstraintsExtension(true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString('pem'),
  };
}

function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server | ReturnType<typeof createHttpServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
