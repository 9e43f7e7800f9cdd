import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { PublicJwk } from '../lib/definition/tokenIssuer.ts';
import { localTls } from '../local/services/certificates.ts';

const KEY = 'bench';

/** What the functions of the bench call on loopback: an issuer, Secrets Manager and DynamoDB. */
export interface Services {
  readonly issuer: string;
  /** The published keys of the issuer. */
  readonly keys: readonly PublicJwk[];
  /** What a function needs to find them and to trust the issuer. */
  readonly environment: Readonly<Record<string, string>>;
  /** A token of this issuer, signed with ES256. */
  token(claims: JWTPayload): Promise<string>;
  close(): void;
}

/**
 * Starts the issuer over TLS, with one key for ES256, a Secrets Manager with one secret, and a DynamoDB whose tables are empty.
 *
 * @param folder where the certificate is kept.
 */
export async function startServices(folder: string): Promise<Services> {
  const tls = await localTls(folder);
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: PublicJwk = { ...(await exportJWK(publicKey)), kty: 'EC', kid: KEY, alg: 'ES256', use: 'sig' };
  const keys = createServer({ cert: tls.cert, key: tls.key }, (_, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  const secrets = createHttpServer((_, response) => response.end(JSON.stringify({ SecretString: 'b'.repeat(48) })));
  const tables = createHttpServer(emptyTables);
  const servers = [keys, secrets, tables];
  const [keysPort, secretsPort, tablesPort] = await Promise.all(servers.map(listen));
  const issuer = `https://localhost:${keysPort}`;
  return {
    issuer,
    keys: [jwk],
    environment: {
      NODE_EXTRA_CA_CERTS: tls.caPath,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsPort}`,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${tablesPort}`,
    },
    token: (claims) =>
      new SignJWT({ iss: issuer, aud: 'documents', client_id: 'bench', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: KEY })
        .setIssuedAt()
        .setExpirationTime('50m')
        .sign(privateKey),
    close: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** No item in any table. */
const emptyTables: RequestListener = async (request, response) => {
  const { RequestItems } = JSON.parse(await text(request)) as {
    readonly RequestItems?: Readonly<Record<string, object>>;
  };
  const Responses = Object.fromEntries(Object.keys(RequestItems ?? {}).map((name) => [name, []]));
  response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(RequestItems === undefined ? {} : { Responses, UnprocessedKeys: {} }));
};

function listen(server: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
}
