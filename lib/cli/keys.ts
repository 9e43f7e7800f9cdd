import { Command } from 'commander';
import { type KeySummary, loadLocal, type RunningGateway } from './local.ts';
import { print } from './output.ts';
import { DEFAULT_DATA, findGateway } from './ready.ts';

interface KeysOptions {
  readonly withdraw?: boolean;
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `secure-api keys`: the signing keys of the running local issuer, to see what a rotation does to an API. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('list or rotate the signing keys of the running local issuer')
    .addCommand(withOptions(new Command('list').description('list the keys that are published')).action(list))
    .addCommand(
      withOptions(
        new Command('rotate')
          .description('let the next keys sign; the old ones stay published until their tokens have ended')
          .option('--withdraw', 'withdraw the old keys at once, as after a theft: their tokens are refused'),
      ).action(rotate),
    );
}

function withOptions(command: Command): Command {
  return command
    .option('--ready-file <file>', 'the ready file of the gateway')
    .option('--data <dir>', 'the data directory of the gateway', DEFAULT_DATA)
    .option('--json', 'print the keys as JSON');
}

async function list(options: KeysOptions): Promise<void> {
  const { listKeys } = await loadLocal();
  show(await listKeys(locationOf(options)), options);
}

async function rotate(options: KeysOptions): Promise<void> {
  const { rotateKeys } = await loadLocal();
  show(await rotateKeys(locationOf(options), { withdraw: options.withdraw ?? false }), options);
}

function locationOf(options: KeysOptions): RunningGateway {
  const ready = findGateway(options);
  return { ready, data: ready.data };
}

function show(keys: readonly KeySummary[], { json }: KeysOptions): void {
  print(json ? JSON.stringify({ keys }) : keys.map(line).join('\n'));
}

function line({ kid, alg, state, until }: KeySummary): string {
  const end = until === undefined ? '' : `  until ${new Date(until * 1000).toISOString()}`;
  return `${alg.padEnd(6)}  ${kid}  ${state}${end}`;
}
