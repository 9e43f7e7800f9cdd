import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './folders.ts';

const run = promisify(execFile);

/** A registry on loopback that has this workspace's packages as if they were published. */
export interface Registry {
  readonly url: string;
  /** What a person's shell has, with this registry, an empty home, and the packages that npm has downloaded before. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly manifest: object;
  readonly tarball: Buffer;
}

/** Serves the tarballs of a folder, and sends npm to the configured registry for every other package. */
export async function startRegistry(tarballs: string): Promise<Registry> {
  const files = readdirSync(tarballs).filter((file) => file.endsWith('.tgz'));
  const packages = await Promise.all(files.map((file) => packedOf(join(tarballs, file))));
  const upstream = new URL(await npmConfig('registry'));
  const server = createServer(({ method, url = '/' }, response) => {
    const own = packages.find(({ name }) => url === `/${name}` || url.startsWith(`/${name}/-/`));
    if (own !== undefined) return respond(response, url, own, address());
    // Audits and other messages about what is installed end here: none of them is part of an installation.
    if (method !== 'GET' && method !== 'HEAD') return response.writeHead(404).end();
    // A redirect, and no copy: npm looks into its cache for the address that it is sent to.
    return response.writeHead(302, { location: new URL(url.slice(1), upstream).href }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${address()}/`,
    environment: await environmentWith(`${address()}/`),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function packedOf(file: string): Promise<Packed> {
  const { stdout } = await run('tar', ['-xzOf', file, 'package/package.json']);
  const manifest = JSON.parse(stdout) as { readonly name: string; readonly version: string };
  return { ...manifest, manifest, tarball: readFileSync(file) };
}

function respond(response: ServerResponse, url: string, { name, version, manifest, tarball }: Packed, address: string) {
  if (url !== `/${name}`) return response.end(tarball);
  const digest = (algorithm: string) => createHash(algorithm).update(tarball);
  const dist = {
    tarball: `${address}/${name}/-/${name}-${version}.tgz`,
    integrity: `sha512-${digest('sha512').digest('base64')}`,
    shasum: digest('sha1').digest('hex'),
  };
  const packument = { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  return response.end(JSON.stringify(packument));
}

/**
 * The environment of a command that a person types. Settings of the npm that runs the tests are not in it. Its cache
 * shares the downloads only: what `npm create` runs is kept by name and version, and this version changes.
 */
async function environmentWith(registry: string): Promise<Record<string, string>> {
  const home = temporaryFolder();
  const cache = join(home, '.npm');
  const downloads = join(await npmConfig('cache'), '_cacache');
  mkdirSync(downloads, { recursive: true });
  mkdirSync(cache);
  symlinkSync(downloads, join(cache, '_cacache'));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV$|INIT_CWD$)/i.test(name));
  // Nothing of this checkout is on a person's path, except the version of Node that runs the tests.
  const tools = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const path = [dirname(process.execPath), ...tools].join(delimiter);
  const own = { HOME: home, PATH: path, npm_config_registry: registry, npm_config_prefer_offline: 'true' };
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...own };
}

async function npmConfig(key: string): Promise<string> {
  return (await run('npm', ['config', 'get', key])).stdout.trim();
}
