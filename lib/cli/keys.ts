import { Command } from 'commander';
import { findGateway } from './findGateway.ts';
import { type KeySummary, loadLocal, type RunningGateway } from './localPackage.ts';
import { withExamples, withGateway } from './options.ts';
import { print } from './output.ts';

interface KeysOptions {
  readonly withdraw?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `secure-api keys`: the signing keys of the running local issuer, to test how an API handles a rotation. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('list or rotate the signing keys of the running local issuer')
    .addCommand(listCommand())
    .addCommand(rotateCommand());
}

function listCommand(): Command {
  const command = common('list', 'list the published keys').action(async (options: KeysOptions) => {
    const { listKeys } = await loadLocal();
    show(await listKeys(gatewayOf(options)), options);
  });
  return withExamples(command, 'secure-api keys list', 'secure-api keys list --json');
}

function rotateCommand(): Command {
  const command = common('rotate', 'sign with new keys; the old keys stay published until their tokens expire')
    .option('--withdraw', 'withdraw the old keys at once, as after a theft: their tokens are rejected')
    .action(async (options: KeysOptions) => {
      const { rotateKeys } = await loadLocal();
      show(await rotateKeys(gatewayOf(options), { withdraw: options.withdraw ?? false }), options);
    });
  return withExamples(command, 'secure-api keys rotate', 'secure-api keys rotate --withdraw');
}

function common(name: string, description: string): Command {
  return withGateway(new Command(name).description(description)).option('--json', 'print the keys as JSON');
}

function gatewayOf(options: KeysOptions): RunningGateway {
  const ready = findGateway(options);
  return { ready, data: ready.data };
}

function show(keys: readonly KeySummary[], { json }: KeysOptions): void {
  print(json ? JSON.stringify({ keys }) : keys.map(keyLine).join('\n'));
}

function keyLine({ kid, alg, state, until }: KeySummary): string {
  const end = until === undefined ? '' : `  until ${new Date(until * 1000).toISOString()}`;
  return `${alg.padEnd(6)}  ${kid}  ${state}${end}`;
}
