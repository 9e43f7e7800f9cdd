import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { localTls } from '../../local/services/certificates.ts';
import type { CloudAddress } from './cloud.ts';

/** Where a {@link Cloud} can listen, and what a function needs to find it and to trust its issuer. */
export interface ChosenCloud {
  readonly cloud: CloudAddress;
  readonly environment: Readonly<Record<string, string>>;
}

/** Chooses free ports, and writes the certificate of the issuer into a folder: its name has to be known before the process that starts it. */
export async function chooseCloud(folder: string): Promise<ChosenCloud> {
  const { cert, key, caPath } = await localTls(folder);
  const [issuerPort = 0, secretsPort = 0, tablesPort = 0] = await freePorts(3);
  const tls = { cert: join(folder, 'issuer.pem'), key: join(folder, 'issuer.key') };
  writeFileSync(tls.cert, cert);
  writeFileSync(tls.key, key);
  return {
    cloud: { issuer: `https://localhost:${issuerPort}`, tls, secretsPort, tablesPort },
    environment: {
      NODE_EXTRA_CA_CERTS: caPath,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsPort}`,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${tablesPort}`,
    },
  };
}

/** Ports that nothing listens on. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) =>
          server.listen(0, '127.0.0.1', () => done((server.address() as { readonly port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
