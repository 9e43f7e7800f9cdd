import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ApiDefinition, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Identity, SecureApi } from '../lib/index.ts';
import { publicOpenApi } from '../lib/openapi/index.ts';
import { generatedApi, writeHandlers } from '../test/support/generated.ts';
import { median, type Row, row } from './row.ts';

const ROUNDS = 3;

/** Synthesis of a whole `SecureApi` (bundles included) against a bare `SpecRestApi` with as many routes. */
export async function benchSynth(): Promise<readonly Row[]> {
  return [10, 300].map((routes) => {
    const definition = generatedApi(routes);
    const folder = mkdtempSync(join(tmpdir(), 'bench-handlers-'));
    writeHandlers(definition, folder);
    const body = { ...publicOpenApi(definition), openapi: '3.0.1' };
    try {
      const ours = timed((stack) => {
        new SecureApi(stack, 'Api', {
          definition,
          handlers: folder,
          identity: Identity.oidc({ issuer: 'https://login.example.com', audience: 'bench' }),
        });
      });
      const peer = timed((stack) => {
        new SpecRestApi(stack, 'Api', { apiDefinition: ApiDefinition.fromInline(body) });
      });
      return row(`synth: SecureApi of ${routes} routes against SpecRestApi`, 'ms', ours, peer);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function timed(build: (stack: Stack) => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const outdir = mkdtempSync(join(tmpdir(), 'bench-out-'));
    const start = performance.now();
    const app = new App({ outdir });
    build(new Stack(app, 'Stack'));
    app.synth();
    const took = performance.now() - start;
    rmSync(outdir, { recursive: true, force: true });
    return took;
  });
  return median(rounds);
}
