import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Linux lists the connections of IPv4 here, and those that a program made as IPv6 in the other file. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** 127.0.0.1 as these files write it; in the second one as a mapped address. */
const LOOPBACK = /^(?:0{16}FFFF0000)?0100007F$/;
const ROOT = 0;

/**
 * Whether the other end of a loopback connection belongs to the user who runs this process, or to root, who can read every file
 * anyway. A connection that the system does not list, also at a second look, belongs to nobody. Systems other than Linux have no
 * such list, and there it counts as the same user.
 */
export function isSameUser({ localPort, remotePort }: Pick<Socket, 'localPort' | 'remotePort'>): boolean {
  const own = process.getuid?.();
  if (own === undefined || process.platform !== 'linux') return true;
  const find = () => TABLES.flatMap((path) => ownerIn(readTable(path), { from: remotePort, to: localPort }) ?? []);
  const first = find();
  const users = first.length > 0 ? first : find();
  return users.length > 0 && users.every((user) => user === own || user === ROOT);
}

/** A connection, by the ports of both ends. */
interface Connection {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * The user id of the socket at the `from` end of a connection over 127.0.0.1; undefined when the table has none. A socket that
 * its process closed has no inode, and the table names root as its owner.
 *
 * @param table such as `/proc/net/tcp`: number, local and remote address, state, queues, timer, retransmissions, user id, timeout,
 * inode.
 */
export function ownerIn(table: string, { from, to }: Connection): number | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , user = '', , inode = '0'] = line.trim().split(/\s+/);
    if (isAt(local, from) && isAt(remote, to) && /^\d+$/.test(user) && inode !== '0') return Number(user);
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
