import { X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { startServer } from '../../gateway/server.ts';
import { localTls } from '../../services/certificates.ts';
import { readIfPresent } from '../../services/files.ts';
import { type RenewalOptions, type RenewedTls, renewedTls } from '../../services/renewal.ts';
import { anApi } from '../support/gateway.ts';

const DAY = 86_400_000;

async function renewing(options: Partial<RenewalOptions> & { readonly data?: string } = {}): Promise<RenewedTls> {
  const { data = temporaryFolder(), ...rest } = options;
  const certificate = await renewedTls(data, { print: (line) => expect.fail(line), everyMs: 10, ...rest });
  onTestFinished(certificate.close);
  return certificate;
}

const daysOf = (pem: string) => {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  return Math.round((validToDate.getTime() - validFromDate.getTime()) / DAY);
};

async function until(is: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !is(); i += 1) await delay(10);
  expect(is()).toBe(true);
}

describe('the certificate of a gateway that serves', () => {
  it('lives a week, and is renewed when a third of that is left, under the same CA', async () => {
    let time = Date.now();
    const certificate = await renewing({ now: () => time });
    const first = certificate.now;
    expect(daysOf(first.cert)).toBe(7);
    time += 4.5 * DAY;
    await delay(50);
    expect(certificate.now).toBe(first);
    time += 0.5 * DAY;
    await until(() => certificate.now.cert !== first.cert);
    expect(certificate.now.caPem).toBe(first.caPem);
    expect(new X509Certificate(certificate.now.cert).verify(new X509Certificate(first.caPem).publicKey)).toBe(true);
  });

  it('is renewed after a jump of the clock, backward or far ahead', async () => {
    let time = Date.now();
    const certificate = await renewing({ now: () => time });
    for (const jump of [-30 * DAY, 300 * DAY]) {
      const before = certificate.now.cert;
      time += jump;
      await until(() => certificate.now.cert !== before);
      const { validFromDate, validToDate } = new X509Certificate(certificate.now.cert);
      expect(validFromDate.getTime() <= time && validToDate.getTime() > time).toBe(true);
    }
  });

  it('keeps its CA when files are removed or broken while it serves', async () => {
    const data = temporaryFolder();
    let time = Date.now();
    const certificate = await renewing({ data, now: () => time });
    const { caPem, caPath } = certificate.now;
    rmSync(join(data, 'tls'), { recursive: true });
    await until(() => readIfPresent(caPath) === caPem);
    writeFileSync(join(data, 'tls', 'ca.key'), 'nonsense');
    writeFileSync(join(data, 'tls', 'server.key'), 'nonsense');
    const before = certificate.now.cert;
    time += 6 * DAY;
    await until(() => certificate.now.cert !== before);
    expect(certificate.now.caPem).toBe(caPem);
    expect(new X509Certificate(certificate.now.cert).verify(new X509Certificate(caPem).publicKey)).toBe(true);
  });

  it('covers names that are added, and those from before', async () => {
    const certificate = await renewing({ names: ['api.example.com'] });
    await Promise.all([certificate.cover(['*.example.org']), certificate.cover(['b.example.com'])]);
    const { subjectAltName = '' } = new X509Certificate(certificate.now.cert);
    for (const name of ['localhost', 'api.example.com', '*.example.org', 'b.example.com'])
      expect(subjectAltName.split(', ')).toContain(`DNS:${name}`);
  });

  it('is the same for two processes that start at once', async () => {
    const data = temporaryFolder();
    const all = await Promise.all([localTls(data), localTls(data), localTls(data)]);
    expect(new Set(all.map(({ cert, key, caPem }) => cert + key + caPem)).size).toBe(1);
  });

  it('replaces one of 90 days that an earlier release made', async () => {
    const data = temporaryFolder();
    const early = await localTls(data, { now: () => Date.now() + 83 * DAY });
    const { cert } = await localTls(data);
    expect(cert).not.toBe(early.cert);
    expect(daysOf(cert)).toBe(7);
  });

  it('reports a renewal that fails, and tries again', async () => {
    const data = temporaryFolder();
    const lines: string[] = [];
    let time = Date.now();
    const certificate = await renewing({ data, now: () => time, print: (line) => lines.push(line) });
    const before = certificate.now.cert;
    rmSync(join(data, 'tls'), { recursive: true });
    writeFileSync(join(data, 'tls'), 'a file');
    time += 6 * DAY;
    await until(() => lines.length > 0);
    expect(lines[0]).toMatch(/^the certificate was not renewed: /);
    rmSync(join(data, 'tls'));
    await until(() => certificate.now.cert !== before);
  });
});

it('is renewed under 200 requests a second, on kept and on new connections, and none fails', async () => {
  // Clients use the real clock, so both times are of certificates that are valid now: each change of the time makes a new one.
  const times = [Date.now() - 4.9 * DAY, Date.now()];
  let turn = 0;
  const certificate = await renewing({ now: () => times[turn % 2] ?? 0 });
  const gateway = async () => ({ kind: 'response' as const, status: 200, headers: [], body: 'ok' });
  const options = { tls: certificate.now, port: 0, print: (line: string) => expect.fail(line) };
  const server = await startServer(anApi(), () => ({ gateway, end: () => undefined }), options);
  onTestFinished(() => server.close());
  const serials = new Set<string>();
  let renewals = 0;
  certificate.onRenewal((next) => {
    renewals += 1;
    server.setTls(next);
  });
  const kept = new Agent({ keepAlive: true, maxSockets: 10, ca: certificate.now.caPem });
  onTestFinished(() => kept.destroy());
  const get = (agent: Agent | false) =>
    new Promise<number>((done, fail) => {
      const { port } = server;
      const call = request({ host: 'localhost', port, agent, ca: certificate.now.caPem }, (response) => {
        response.resume().once('end', () => done(response.statusCode ?? 0));
      });
      call.once('socket', (socket) => {
        if (!socket.connecting) return;
        socket.once('secureConnect', () =>
          serials.add((socket as TLSSocket).getPeerX509Certificate()?.serialNumber ?? ''),
        );
      });
      call.once('error', fail).end();
    });
  const calls: Promise<unknown>[] = [];
  const begun = performance.now();
  // 4 s at 200 a second, half of them on new connections, with three renewals.
  while (calls.length < 800) {
    const due = Math.min(800, Math.ceil(((performance.now() - begun) / 1000) * 200));
    while (calls.length < due) {
      calls.push(get(calls.length % 2 === 0 ? kept : false).catch((error: unknown) => error));
      if (calls.length % 200 === 0) turn += 1;
    }
    await delay(5);
  }
  expect((await Promise.all(calls)).filter((result) => result !== 200)).toEqual([]);
  expect(renewals).toBeGreaterThanOrEqual(3);
  expect(serials.size).toBeGreaterThanOrEqual(3);
});
