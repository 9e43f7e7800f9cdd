import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Linux lists the connections of IPv4 here, and those that a program made as IPv6 in the other file. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** 127.0.0.1 as these files write it; in the second one as a mapped address. */
const LOOPBACK = /^(?:0{16}FFFF0000)?0100007F$/;
const ROOT = 0;

/**
 * Whether the other end of a loopback connection belongs to the user who runs this process, or to root, who can read every file
 * anyway. Systems other than Linux do not say, and there it counts as the same user.
 */
export function isSameUser({ localPort, remotePort }: Pick<Socket, 'localPort' | 'remotePort'>): boolean {
  const own = process.getuid?.();
  if (own === undefined || process.platform !== 'linux') return true;
  const peer = TABLES.map((path) => ownerIn(readTable(path), { from: remotePort, to: localPort }));
  return peer.every((user) => user === undefined || user === own || user === ROOT);
}

/** A connection, by the ports of both ends. */
interface Connection {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * The user id of the socket at the `from` end of a connection over 127.0.0.1; undefined when the table has none.
 *
 * @param table such as `/proc/net/tcp`: number, local and remote address, state, queues, timer, retransmissions, user id.
 */
export function ownerIn(table: string, { from, to }: Connection): number | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , user = ''] = line.trim().split(/\s+/);
    if (isAt(local, from) && isAt(remote, to) && /^\d+$/.test(user)) return Number(user);
  }
  return undefined;
}

function isAt(address: string, port: number | undefined): boolean {
  const [host = '', hex = ''] = address.split(':');
  return LOOPBACK.test(host) && Number.parseInt(hex, 16) === port;
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
