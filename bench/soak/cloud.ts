import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** An issuer, a Secrets Manager and a DynamoDB in this process, whose content changes during a day. */
export interface Cloud {
  /** The items of all tables, by `id`. */
  readonly items: Map<string, Item>;
  /** Adds a key, which signs from now on. The ones before are published until they are withdrawn. */
  addKey(): void;
  /** Publishes the newest key only. */
  withdrawOld(): void;
  /** A token of the newest key, valid for some seconds of the driven clock. */
  token(claims: Readonly<Record<string, unknown>>, seconds: number): string;
  close(): void;
}

/** Where the servers listen; the issuer's name is in the bundle and in the settings, so it is chosen before. */
export interface CloudAddress {
  readonly issuer: string;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly secretsPort: number;
  readonly tablesPort: number;
}

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Starts the three servers. */
export async function startCloud({ issuer, tls, secretsPort, tablesPort }: CloudAddress): Promise<Cloud> {
  const items = new Map<string, Item>();
  let keys: readonly Key[] = [newKey(0)];
  let count = 1;
  const newest = () => keys[0] as Key;
  const certificate = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  const issuing = createServer(certificate, (_, response) => {
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  const secrets = createHttpServer((_, response) => response.end(JSON.stringify({ SecretString: 's'.repeat(48) })));
  const tables = createHttpServer(async (request, response) => {
    const asked = JSON.parse(await text(request)) as {
      readonly Key?: { readonly id: { readonly S: string } };
      readonly RequestItems?: Readonly<
        Record<string, { readonly Keys: readonly { readonly id: { readonly S: string } }[] }>
      >;
    };
    const found = (id: string) => items.get(id);
    if (asked.Key !== undefined) return response.end(JSON.stringify({ Item: found(asked.Key.id.S) }));
    const Responses = Object.fromEntries(
      Object.entries(asked.RequestItems ?? {}).map(([name, { Keys }]) => [
        name,
        Keys.flatMap(({ id }) => found(id.S) ?? []),
      ]),
    );
    response.end(JSON.stringify({ Responses, UnprocessedKeys: {} }));
  });
  const servers = [issuing, secrets, tables];
  const ports = [Number(new URL(issuer).port), secretsPort, tablesPort];
  await Promise.all(
    servers.map((server, i) => new Promise<void>((done) => server.listen(ports[i], '127.0.0.1', () => done()))),
  );
  return {
    items,
    addKey: () => {
      keys = [newKey(count++), ...keys];
    },
    withdrawOld: () => {
      keys = [newest()];
    },
    token: (claims, seconds) => {
      const { kid, privateKey } = newest();
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer, aud: 'documents', iat: now, exp: now + seconds, ...claims };
      const signed = `${segment({ alg: 'ES256', kid })}.${segment(payload)}`;
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    },
    close: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function newKey(n: number): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = `key-${n}`;
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } };
}
