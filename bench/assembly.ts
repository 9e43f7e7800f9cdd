import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { documents } from '../lambdas/documents/api.ts';
import { Identity, type OidcOptions, SecureApi, type SecureApiProps } from '../lib/index.ts';
import { withSharedBuilds } from './sharedBuilds.ts';

/** As high as limits go, so that a bench measures work and not rejections: the maximum of WAF and of the account. */
const MOST_OF_AN_ADDRESS = 2_000_000_000;
const ANONYMOUS = { rate: 10_000, burst: 5_000, perAddress: MOST_OF_AN_ADDRESS };

const NOW = '2026-11-01T00:00:00.000Z';
const DOCUMENT = { title: 'A title', body: '', tags: [], status: 'draft', version: 1, createdAt: NOW, updatedAt: NOW };
/** What the measured routes return, as they declare it: each response is validated. */
const RESPONSES: Readonly<Record<string, object>> = {
  health: { status: 200, body: { status: 'ok' } },
  createDocument: {
    status: 201,
    headers: { Location: '/documents/0b0e7a7e-0000-4000-8000-000000000000' },
    body: { id: '0b0e7a7e-0000-4000-8000-000000000000', ...DOCUMENT },
  },
};

/** What a measurement changes. */
export interface AssemblyOptions {
  /** Keys that are in the bundle of the authorizer. */
  readonly warmKeys?: OidcOptions['warmKeys'];
  readonly props?: Pick<SecureApiProps, 'clients' | 'revocation'>;
}

/**
 * Synthesizes the sample's definition, with handlers that respond at once, and returns the path of the assembly. What is
 * measured is what surrounds a handler.
 */
export function benchAssembly(scratch: string, issuer: string, { warmKeys, props }: AssemblyOptions = {}): string {
  const handlers = mkdtempSync(join(scratch, 'handlers-'));
  for (const id of Object.keys(documents.routes)) {
    const response = JSON.stringify(RESPONSES[id] ?? { status: 500 });
    const source = `export const handler = { route: '${id}', fn: async () => (${response}) };\n`;
    writeFileSync(join(handlers, `${id}.mjs`), source);
  }
  const outdir = mkdtempSync(join(scratch, 'cdk.out-'));
  withSharedBuilds(() => {
    const app = new App({ outdir, analyticsReporting: false });
    new SecureApi(new Stack(app, 'Bench'), 'Api', {
      definition: { ...documents, anonymous: ANONYMOUS },
      handlers,
      identity: Identity.oidc({ issuer, jwksUri: `${issuer}/jwks`, audience: 'documents', warmKeys }),
      waf: { ipLimit: MOST_OF_AN_ADDRESS },
      ...props,
    });
    app.synth();
  });
  return outdir;
}
