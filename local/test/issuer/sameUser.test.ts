import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { isSameUser, ownerIn } from '../../services/issuer/sameUser.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { listen } from '../../services/loopback.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { testTls } from '../support/services.ts';

const OTHER_USER = 65_534;
/** Only root can start a process of another user, who must be able to run this Node. */
const canBeAnother =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['-e', ''], { uid: OTHER_USER }).status === 0;
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, remote: string, user: number) =>
  `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${String(user).padStart(5)}        0 346619 1`;
const ends = { from: 0x1234, to: 0x1bb };

describe('the owner of the other end of a connection', () => {
  it.each([
    ['over IPv4', line('0100007F:1234', '0100007F:01BB', 1001), 1001],
    [
      'over a mapped address',
      line('0000000000000000FFFF00000100007F:1234', '0000000000000000FFFF00000100007F:01BB', 7),
      7,
    ],
    ['not that of our end', line('0100007F:01BB', '0100007F:1234', 1001), undefined],
    ['not that of another port', line('0100007F:1235', '0100007F:01BB', 1001), undefined],
    ['not that of another address', line('0200007F:1234', '0100007F:01BB', 1001), undefined],
    ['not that of a listener', line('0100007F:1234', '00000000:0000', 1001), undefined],
    [
      'not that of a socket that its process closed, which is listed as of root',
      line('0100007F:1234', '0100007F:01BB', 0).replace(/346619/, '0'),
      undefined,
    ],
    ['in no readable line', 'nonsense', undefined],
    ['in nothing', '', undefined],
  ])('is found %s', (_, row, user) => {
    expect(ownerIn(`${HEAD}\n${line('00000000:07E8', '00000000:0000', 5)}\n${row}\n`, ends)).toBe(user);
  });

  it.runIf(process.platform === 'linux')('is nobody for a connection that the system does not list', async () => {
    expect(isSameUser({ localPort: 1, remotePort: 2 })).toBe(false);
    expect(isSameUser({ localPort: undefined, remotePort: undefined })).toBe(false);
    const server = createServer();
    const port = await listen(server as Parameters<typeof listen>[0]);
    const own = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    const ends = { localPort: accepted.localPort, remotePort: accepted.remotePort };
    own.destroy();
    await once(accepted, 'close');
    expect(isSameUser(ends)).toBe(false);
    server.close();
  });

  it('is this user for its own connection, and can be another one', async () => {
    const server = createServer();
    const port = await listen(server as Parameters<typeof listen>[0]);
    const own = connect(port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    expect(isSameUser(accepted)).toBe(true);
    own.destroy();
    if (canBeAnother) {
      spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1').resume()`], { uid: OTHER_USER });
      const [foreign] = (await once(server, 'connection')) as [Socket];
      expect(isSameUser(foreign)).toBe(false);
      foreign.destroy();
    }
    server.close();
  });
});

describe('the sign-in page', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    const options = { data: temporaryFolder(), tls: await testTls(), print: () => undefined };
    issuer = await startIssuer({ ...options, tokenSettings: sampleTokenSettings() });
  });
  afterAll(() => issuer.close());

  /** The status that a process of a user gets. */
  async function statusFor(uid: number | undefined, method: string, path: string): Promise<string> {
    const options = JSON.stringify({ method, rejectUnauthorized: false });
    const script = `require('https').request('${issuer.url}${path}', ${options}, (r) => console.log(r.statusCode)).end()`;
    const child = spawn(process.execPath, ['-e', script], { uid, stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await once(child.stdout, 'data');
    return String(output).trim();
  }

  it('is open to the user who runs the gateway', async () => {
    expect(await statusFor(undefined, 'GET', '/interaction/unknown')).toBe('400');
  });

  it.runIf(canBeAnother)('is closed to other users of the machine, who would choose their roles there', async () => {
    expect(await statusFor(OTHER_USER, 'GET', '/interaction/unknown')).toBe('403');
    expect(await statusFor(OTHER_USER, 'POST', '/interaction/unknown')).toBe('403');
    expect(await statusFor(OTHER_USER, 'POST', '/admin/keys')).toBe('401');
    expect(await statusFor(OTHER_USER, 'GET', '/jwks')).toBe('200');
  });
});
