import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { lockData } from '../../serve/dataLock.ts';
import { serve } from '../../serve/serve.ts';
import { localTls } from '../../services/certificates.ts';
import { handWritten, SMALLEST_API } from '../support/assembly.ts';

const assembly = handWritten({ Resources: SMALLEST_API });

describe('a start', () => {
  it('writes ready.json once it serves and removes it at the end', async () => {
    const data = temporaryFolder();
    const gateway = await serve({ assembly, data, port: 0 });
    const file = join(data, 'ready.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      url: expect.stringMatching(/^https:\/\/localhost:\d+$/),
      environment: expect.objectContaining({ AWS_ENDPOINT_URL_API_GATEWAY: expect.stringMatching(/^http:.*127/) }),
      ca: join(data, 'tls', 'ca.pem'),
      issuer: expect.stringMatching(/^https:\/\/localhost:\d+$/),
      pid: process.pid,
      data,
      dynamodb: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      apis: [{ name: 'small', url: gateway.ready.url, lowestTls: '1.2', roles: [], tiers: [], routes: [] }],
      clock: { startedAt: expect.any(Number), speed: 1 },
      logs: [],
      metricsUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/),
    });
    expect((await clientOf(gateway.ready)('GET', '/')).status).toBe(403);
    await gateway.close();
    await gateway.close();
    expect(existsSync(file)).toBe(false);
  });

  it.each([0o755, 0o777, 0o750])(
    'closes a data directory of mode %o to other users, with the credentials in it',
    async (mode) => {
      const data = join(temporaryFolder(), 'data');
      mkdirSync(data);
      chmodSync(data, mode);
      const gateway = await serve({ assembly, data, port: 0 });
      const modeOf = (path: string) => statSync(path).mode & 0o777;
      expect([modeOf(data), modeOf(join(data, 'ready.json'))]).toEqual([0o700, 0o600]);
      await gateway.close();
    },
  );

  it('leaves no file in the data directory that other users can read, also of an earlier run', async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, 'logs'));
    for (const name of ['lock', 'logs/old.log']) {
      writeFileSync(join(data, name), '');
      chmodSync(join(data, name), 0o644);
    }
    const gateway = await serve({ assembly, data, port: 0 });
    await clientOf(gateway.ready)('GET', '/');
    const list = () => readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    // The store of the tables opens while the gateway serves.
    await expect.poll(() => list().map(({ name }) => name), { timeout: 30_000 }).toContain('tables.sqlite');
    const files = list();
    const open = files.filter(({ parentPath, name }) => (statSync(join(parentPath, name)).mode & 0o077) !== 0);
    await gateway.close();
    expect(open.map(({ name }) => name)).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lock', 'tables.sqlite', 'ready.json', 'old.log']),
    );
  });

  it('is rejected in a directory that is shared with other users', async () => {
    const data = join(temporaryFolder(), 'shared');
    mkdirSync(data);
    chmodSync(data, 0o1777);
    await expect(serve({ assembly, data, port: 0 })).rejects.toThrow(/shared with other users/);
    expect(statSync(data).mode & 0o7777).toBe(0o1777);
  });

  it('on a port in use closes everything that it had started', async () => {
    const first = await serve({ assembly, data: temporaryFolder(), port: 0 });
    const port = Number(new URL(first.ready.url).port);
    const data = temporaryFolder();
    await expect(serve({ assembly, data, port })).rejects.toMatchObject({ code: 'port-in-use' });
    // Its data directory is free again.
    const second = await serve({ assembly, data, port: 0 });
    await Promise.all([first.close(), second.close()]);
  });

  it('on a data directory in use is rejected, and two at once give one winner', async () => {
    const data = temporaryFolder();
    const outcomes = await Promise.allSettled([1, 2].map(() => serve({ assembly, data, port: 0 })));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect([won.length, lost?.reason?.code]).toEqual([1, 'data-in-use']);
    await expect(serve({ assembly, data, port: 0 })).rejects.toThrow(/another gateway of this process \(https/);
    for (const { value } of won) await value.close();
  });
});

describe('the lock of a data directory', () => {
  it('goes with its process, however that ends', async () => {
    const data = temporaryFolder();
    const code = `import { lockData } from ${JSON.stringify(join(import.meta.dirname, '../../serve/dataLock.ts'))}; lockData(${JSON.stringify(data)}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    await new Promise((held) => child.stdout.once('data', held));
    const who = () => {
      try {
        lockData(data);
        return 'free';
      } catch (error) {
        return String(error);
      }
    };
    expect(who()).toMatch(/data-in-use: another gateway uses .*End it, or choose another directory with --data/);
    const ready = { pid: child.pid, url: 'https://localhost:8443' };
    writeFileSync(join(data, 'ready.json'), JSON.stringify(ready));
    expect(who()).toContain(`another gateway (process ${child.pid}, https://localhost:8443) uses ${data}`);
    expect(who()).toContain(`End it (kill ${child.pid}), or choose`);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
    const release = lockData(data);
    // What the killed process left says nothing about the next one.
    expect(who()).toMatch(/: another gateway uses/);
    writeFileSync(join(data, 'ready.json'), '{"pid":');
    expect(who()).toMatch(/: another gateway uses/);
    release();
  });
});

describe('the local certificate', () => {
  it('is of localhost alone, signed by a CA that is made once; only their owner reads the keys', async () => {
    const data = temporaryFolder();
    const first = await localTls(data);
    const leaf = new X509Certificate(first.cert);
    const ca = new X509Certificate(first.caPem);
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect([leaf.ca, ca.ca, leaf.verify(ca.publicKey)]).toEqual([false, true, true]);
    for (const name of ['ca.key', 'server.key']) expect(statSync(join(data, 'tls', name)).mode & 0o777).toBe(0o600);
    expect(await localTls(data)).toEqual(first);
  });

  it('is made again when it is lost, broken or of another CA, under the same CA', async () => {
    const data = temporaryFolder();
    const first = await localTls(data);
    writeFileSync(join(data, 'tls', 'server.pem'), 'nonsense');
    const second = await localTls(data);
    expect([second.caPem === first.caPem, second.cert === first.cert]).toEqual([true, false]);
    rmSync(join(data, 'tls', 'ca.pem'));
    const third = await localTls(data);
    expect(third.caPem).not.toBe(first.caPem);
    expect(new X509Certificate(third.cert).verify(new X509Certificate(third.caPem).publicKey)).toBe(true);
  });
});
