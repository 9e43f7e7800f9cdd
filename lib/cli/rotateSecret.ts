import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { RotationProgress } from '../../lambdas/shared/wireContract.ts';
import { openRotation, refusal, type SecretRotation } from '../clients/index.ts';
import { formatRotation } from './clientsFormat.ts';
import { type ClientsOptions, deploymentOf, withClients } from './clientsOptions.ts';
import { wholeNumber, withExamples } from './options.ts';
import { print, progress } from './output.ts';

/** Between two looks at a rotation that waits. */
const LOOK_MS = 15_000;

interface RotateOptions extends ClientsOptions {
  readonly settle?: number;
}

/** `secure-api clients rotate-secret`: replaces the secret that all API keys are computed from. */
export function rotateSecretCommand(): Command {
  const command = withClients(
    new Command('rotate-secret')
      .description('replace the secret of the API keys, and with it every key, without a rejected request')
      .addOption(
        new Option(
          '--settle <seconds>',
          'seconds that new keys wait before they are used (default: 300; 0 locally)',
        ).argParser(wholeNumber(0, 3_600)),
      ),
  ).action(rotate);
  return withExamples(command, 'secure-api clients rotate-secret', 'secure-api clients rotate-secret --local --json');
}

async function rotate(options: RotateOptions): Promise<void> {
  const deployment = await deploymentOf(options);
  const rotation = await openRotation(deployment);
  const settleSeconds = options.settle ?? (deployment.local ? 0 : undefined);
  const result = await toTheEnd(rotation, settleSeconds);
  print(options.json ? JSON.stringify(result) : formatRotation(result));
}

/** All state is on AWS: an interrupted command is continued by the next one, or by the schedule. */
async function toTheEnd(rotation: SecretRotation, settleSeconds: number | undefined): Promise<RotationProgress> {
  let said = '';
  for (let start = true; ; start = false) {
    const state = await rotation.run({ start, settleSeconds });
    const refused = refusal(state);
    if (refused !== undefined) throw refused;
    // The schedule was faster than this command.
    if (state.phase === 'finished' || state.phase === 'idle') return state;
    const line = formatRotation(state);
    if (line !== said) progress(line);
    said = line;
    if (state.phase === 'settling') await sleep(Math.min(LOOK_MS, Math.max(0, Date.parse(state.until) - Date.now())));
  }
}
