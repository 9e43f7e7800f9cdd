import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { crossOrigin } from '../../lambdas/runtime/cors.ts';
import type { LambdaHandler } from '../../lambdas/runtime/event.ts';
import type { RouteHandler } from '../../lambdas/runtime/secure.ts';
import type { CorsPolicy } from '../../lambdas/shared/cors.ts';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { serveApi } from '../unit/runtime/support.ts';
import { target } from './api.ts';
import { LISTED } from './cases/origins.ts';

/** The target as projections read it. */
export const api = target as unknown as Api;
const HANDLERS = join(import.meta.dirname, 'handlers');

const POLICY: CorsPolicy = { origins: LISTED, credentials: true, exposeHeaders: [] };

/** The functions' own runtime around the handlers. */
export async function servedTarget(): Promise<LambdaHandler> {
  const modules = Object.keys(api.routes).map(
    (id) => import(join(HANDLERS, `${id}.ts`)) as Promise<{ handler: RouteHandler }>,
  );
  return serveApi(
    api,
    (await Promise.all(modules)).map(({ handler }) => handler),
    { cors: () => crossOrigin({ SECURE_API_CORS: JSON.stringify(POLICY) }) },
  );
}

/** The assembly of the target, for the local gateway. */
export function targetAssembly(): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  new SecureApi(new Stack(app, 'Target'), 'Api', {
    definition: target,
    handlers: HANDLERS,
    cors: { origins: LISTED, credentials: true },
    identity: Identity.oidc({
      issuer: 'https://login.example.com',
      jwksUri: 'https://login.example.com/keys',
      audience: 'target',
    }),
  });
  app.synth();
  return outdir;
}
