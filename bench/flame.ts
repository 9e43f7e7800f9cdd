/** `npm run bench:flame -- NAME`: profiles a function under the Runtime API, and draws docs/performance/flame-NAME.svg. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { authorizerEvent, proxyEvent } from './events.ts';
import { type CpuProfile, flameGraph } from './flameGraph.ts';
import { HANDLER } from './functions.ts';
import { startFunction } from './runtimeApi/function.ts';
import { type Services, startServices } from './services.ts';

const INVOCATIONS = 4_000;
const INTERVAL_MICROSECONDS = 200;
const FOLDER = join(import.meta.dirname, '../docs/performance');

const PROFILES = {
  authorizer: {
    id: 'ApiAuthorizerFunction',
    title: 'Authorizer, a new ES256 token each time',
    events: (services: Services) =>
      Promise.all(
        Array.from({ length: INVOCATIONS }, async (_, i) =>
          authorizerEvent(await services.token({ sub: `user-${i}`, roles: ['editor'] })),
        ),
      ),
  },
  handler: {
    id: HANDLER,
    title: 'Handler, POST validated',
    events: async () => Array.from({ length: INVOCATIONS }, () => proxyEvent()),
  },
};

/** Profiles the invocations of a function, its start included. */
async function profileOf(name: keyof typeof PROFILES): Promise<CpuProfile> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-flame-'));
  const services = await startServices(scratch);
  try {
    const { id, events } = PROFILES[name];
    const { module, environment } = deployedFunction(benchAssembly(scratch, services.issuer), id);
    const flags = ['--cpu-prof', `--cpu-prof-dir=${scratch}`, `--cpu-prof-interval=${INTERVAL_MICROSECONDS}`];
    const code = { module, environment: { ...environment, ...services.environment } };
    const running = await startFunction(code, { flags });
    for (const event of await events(services)) await running.invoke(event);
    await running.end();
    const file = readdirSync(scratch).find((one) => one.endsWith('.cpuprofile'));
    return JSON.parse(readFileSync(join(scratch, file ?? ''), 'utf8')) as CpuProfile;
  } finally {
    services.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const [name = '', ...others] = process.argv.slice(2);
if (others.length > 0 || !Object.hasOwn(PROFILES, name)) {
  const wrong = name !== '--help';
  process[wrong ? 'stderr' : 'stdout'].write(`Usage: npm run bench:flame -- ${Object.keys(PROFILES).join(' | ')}\n`);
  process.exitCode = wrong ? 2 : 0;
} else {
  const known = name as keyof typeof PROFILES;
  const file = join(FOLDER, `flame-${known}.svg`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, flameGraph(await profileOf(known), PROFILES[known].title));
  process.stdout.write(`docs/performance/flame-${known}.svg is written.\n`);
}
