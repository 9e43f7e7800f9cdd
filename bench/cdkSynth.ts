import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { publicOpenApi } from '../lib/openapi/index.ts';
import { root, temporaryFolder, writeFiles } from '../test/support/folders.ts';
import { generatedApi, writeHandlers } from '../test/support/generated.ts';
import type { StartedProject } from '../test/support/quickStart.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const run = promisify(execFile);
/** One of each, after one that is not counted: a command takes seconds, and most of them are the same on both sides. */
const ROUNDS = 1;
/** Those of the synth in a process. Both commands start Node.js twice, load the CDK and start its validation, so what is ours is a smaller part. */
const TARGETS = [
  [10, 1.5],
  [300, 2],
] as const;

const OURS = `import { App, Stack } from 'aws-cdk-lib';
import { Identity, SecureApi } from 'secure-api';
import { generatedApi } from './generated.mjs';
const [, , routes] = process.argv;
const identity = Identity.oidc({
  issuer: 'https://login.example.com',
  jwksUri: 'https://login.example.com/keys',
  audience: 'bench',
});
new SecureApi(new Stack(new App(), 'Stack'), 'Api', {
  definition: generatedApi(Number(routes)),
  handlers: \`handlers\${routes}\`,
  identity,
});
`;
const PEER = `import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { ApiDefinition, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
const [, , routes] = process.argv;
const body = JSON.parse(readFileSync(\`body\${routes}.json\`, 'utf8'));
new SpecRestApi(new Stack(new App(), 'Stack'), 'Api', { apiDefinition: ApiDefinition.fromInline(body) });
`;

/**
 * What a person waits for: the command `cdk synth` with the packages of a new project, repeated, so that unchanged functions are not bundled
 * again; against the same command with a bare `SpecRestApi` of as many routes.
 */
export async function benchCdkSynth({ folder: project }: StartedProject): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  try {
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    writeFiles(folder, { 'cdk.json': '{}', 'ours.mjs': OURS, 'peer.mjs': PEER });
    await writeGenerated(folder);
    const rows: Row[] = [];
    for (const [routes, target] of TARGETS) {
      writeApi(folder, routes);
      const ours = () => synth(folder, `ours.mjs ${routes}`);
      const peer = () => synth(folder, `peer.mjs ${routes}`);
      await inTurns(1, ours, peer);
      const took = await inTurns(ROUNDS, ours, peer);
      const name = `cdk synth: SecureApi of ${routes} routes against SpecRestApi, the whole command, repeated`;
      rows.push(row(name, 'ms', median(took.ours), median(took.peer), target));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeApi(folder: string, routes: number): void {
  const definition = generatedApi(routes);
  const handlers = join(folder, `handlers${routes}`);
  mkdirSync(handlers);
  writeHandlers(definition, handlers);
  const body = { ...publicOpenApi(definition), openapi: '3.0.1' };
  writeFiles(folder, { [`body${routes}.json`]: JSON.stringify(body) });
}

/** The definition, which imports the package of the project instead of this checkout. */
async function writeGenerated(folder: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'test/support/generated.ts')],
    outfile: join(folder, 'generated.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    plugins: [ofProject()],
  });
}

function ofProject(): Plugin {
  return {
    name: 'of-project',
    setup: ({ onResolve }) => {
      onResolve({ filter: /lib\/definition\/index\.ts$/ }, () => ({ path: 'secure-api', external: true }));
    },
  };
}

async function synth(folder: string, app: string): Promise<number> {
  const command = join(folder, 'node_modules/.bin/cdk');
  // Neither side asks the network for news.
  const env = { ...process.env, SECURE_API_BUILD: 'on', CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const start = performance.now();
  await run(command, ['synth', '--quiet', '--no-notices', '--app', `node ${app}`], { cwd: folder, env });
  return performance.now() - start;
}
