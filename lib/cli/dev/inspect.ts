import { open, url } from 'node:inspector';
import { createServer } from 'node:net';
import { Option } from 'commander';
import { invalidOption, wholeNumber } from '../options.ts';

/** The port at which editors look for a Node.js process. */
const DEFAULT_PORT = '9229';
/** Anyone who can connect can run code. */
const LOOPBACK = '127.0.0.1';

/** `--inspect`, with or without a port. */
export function inspectOption(): Option {
  return new Option(
    '--inspect [port]',
    `let a debugger attach to handlers on this port (${DEFAULT_PORT} without one); nothing times out meanwhile`,
  )
    .argParser(wholeNumber(0, 65_535))
    .preset(DEFAULT_PORT);
}

/**
 * Lets a debugger attach to this process, and through it to the workers that run handlers. One that Node.js was started with is used.
 *
 * @returns where a debugger attaches, such as `127.0.0.1:9229`
 * @throws {ConfigError} `option-invalid` when the port is in use.
 */
export async function openInspector(port: number): Promise<string> {
  if (url() !== undefined) return addressOf(url());
  // Node.js only prints that it cannot listen.
  if (!(await isFree(port))) throw portInUse(port);
  open(port, LOOPBACK);
  if (url() === undefined) throw portInUse(port);
  return addressOf(url());
}

function addressOf(address: string | undefined): string {
  return new URL(address ?? '').host;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, LOOPBACK, () => server.close(() => done(true)));
  });
}

function portInUse(port: number): Error {
  return invalidOption({
    location: '--inspect',
    found: `port ${port}, which is in use`,
    expected: 'a free port',
    fix: 'Choose another, such as --inspect 9230, or --inspect 0 for a free one.',
  });
}
