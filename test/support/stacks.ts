import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { documents } from '../../lambdas/documents/api.ts';
import { type Identity, SecureApi } from '../../lib/construct/index.ts';
import { root, temporaryFolder } from './folders.ts';

/** Synthesizes the sample's API with other identities, and gives the cloud assembly's folder. It has no table. */
export function documentsAssembly(identity: (stack: Stack) => Identity | readonly Identity[]): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const stack = new Stack(app, 'Documents');
  const handlers = join(root, 'lambdas/documents');
  new SecureApi(stack, 'Api', { definition: documents, handlers, identity: identity(stack) });
  app.synth();
  return outdir;
}
