import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ApiDefinition, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { BUILD_FOLDER } from '../lib/bundle/buildFolder.ts';
import { Identity, SecureApi } from '../lib/index.ts';
import { publicOpenApi } from '../lib/openapi/index.ts';
import { generatedApi, writeHandlers } from '../test/support/generated.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const ROUNDS = 3;
/** Routes, and how many times as long as a bare API of as many a whole one may take. */
const TARGETS = [
  [10, 1.5],
  [300, 2],
] as const;

/** A first synth bundles everything; a repeated one has the bundles of unchanged sources. */
const KINDS = [
  ['repeated', 'on'],
  ['first', 'off'],
] as const;

/** Synthesis of a whole `SecureApi` (bundles included) against a bare `SpecRestApi` with as many routes. */
export async function benchSynth(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [routes, target] of TARGETS) {
    const definition = generatedApi(routes);
    const folder = mkdtempSync(join(tmpdir(), 'bench-handlers-'));
    writeHandlers(definition, folder);
    const body = { ...publicOpenApi(definition), openapi: '3.0.1' };
    const identity = Identity.oidc({
      issuer: 'https://login.example.com',
      jwksUri: 'https://login.example.com/keys',
      audience: 'bench',
    });
    const ours = () => timed((stack) => new SecureApi(stack, 'Api', { definition, handlers: folder, identity }));
    const peer = () =>
      timed((stack) => new SpecRestApi(stack, 'Api', { apiDefinition: ApiDefinition.fromInline(body) }));
    try {
      // The first of each also loads and compiles code, which is not what is asked.
      await inTurns(1, ours, peer);
      for (const [kind, build] of KINDS) {
        process.env[BUILD_FOLDER] = build;
        const took = await inTurns(ROUNDS, ours, peer);
        const name = `synth: SecureApi of ${routes} routes against SpecRestApi, ${kind}`;
        rows.push(row(name, 'ms', median(took.ours), median(took.peer), target));
        delete process.env[BUILD_FOLDER];
      }
    } finally {
      delete process.env[BUILD_FOLDER];
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}

function timed(build: (stack: Stack) => unknown): number {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-out-'));
  try {
    const start = performance.now();
    const app = new App({ outdir });
    build(new Stack(app, 'Stack'));
    app.synth();
    return performance.now() - start;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
