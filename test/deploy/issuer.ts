import { once } from 'node:events';
import { createServer } from 'node:https';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { localTls } from '../../local/services/certificates.ts';

export const AUDIENCE = 'documents';
const KEY_ID = 'emulated';

/** An OpenID provider as far as the authorizer needs one: a key set, and tokens. */
export interface Issuer {
  readonly url: string;
  /** An access token of someone with these roles. */
  token(...roles: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Starts it over HTTPS on the loopback interface, with its certificate in this folder. */
export async function startIssuer(folder: string): Promise<Issuer> {
  const { cert, key } = await localTls(folder);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: KEY_ID }];
  const server = createServer({ cert, key }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gives no port.');
  const url = `https://localhost:${address.port}`;
  return {
    url,
    token: (...roles) =>
      new SignJWT({ roles, client_id: 'emulated' })
        .setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'at+jwt' })
        .setIssuer(url)
        .setSubject('someone')
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('15m')
        .setJti(crypto.randomUUID())
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
