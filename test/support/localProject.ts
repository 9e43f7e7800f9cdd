import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { temporaryFolder, writeFiles } from './folders.ts';
import { type RunningGateway, startGateway } from './gateway.ts';

/**
 * Synthesizes a stack of a definition, and serves it.
 *
 * @param handlers source of each route's function, by route.
 */
export async function serveProject(
  definition: Api,
  handlers: Readonly<Record<string, string>>,
): Promise<RunningGateway> {
  const folder = temporaryFolder();
  const sources = Object.entries(handlers).map(
    ([route, fn]) => [`handlers/${route}.mjs`, `export const handler = { route: '${route}', fn: ${fn} };\n`] as const,
  );
  writeFiles(folder, Object.fromEntries(sources));
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const identity = Identity.oidc({
    issuer: 'https://login.example.com',
    jwksUri: 'https://login.example.com/keys',
    audience: definition.name,
  });
  new SecureApi(new Stack(app, 'Stack'), 'Api', { definition, handlers: join(folder, 'handlers'), identity });
  return startGateway({ assembly: app.synth().directory });
}
