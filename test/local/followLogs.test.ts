import { spawn } from 'node:child_process';
import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../support/client.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';

it('goes on while the gateway is killed and starts again, and while its files are rotated, until the reader goes', {
  timeout: 180_000,
}, async () => {
  const data = temporaryFolder();
  let gateway = await startGateway({ data });
  const args = ['bin/secure-api.js', 'logs', '--follow', '--json', '--status', '404', '--since', '5m', '--data', data];
  const children = [0, 1].map(() => spawn(process.execPath, args, { cwd: root }));
  const byReadyFile = spawn(process.execPath, [...args, '--ready-file', join(data, 'ready.json')], { cwd: root });
  onTestFinished(() => void byReadyFile.kill());
  const [waiting, ...outputs] = [byReadyFile, ...children].map((child) => {
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      output.out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output.err += String(chunk);
    });
    return output;
  });
  const shownByReadyFile = () => (waiting?.out ?? '').split('\n').length - 1;
  const showsEach = async (count: number) => {
    const counts = () => outputs.map(({ out }) => out.split('\n').length - 1);
    await expect.poll(counts, { timeout: 30_000 }).toEqual([count, count]);
    for (const { out } of outputs) for (const line of out.trim().split('\n')) JSON.parse(line);
  };
  await clientOf(gateway.ready)('GET', '/nowhere');
  await showsEach(1);
  await expect.poll(shownByReadyFile, { timeout: 30_000 }).toBe(1);
  await gateway.stop('SIGKILL');
  const ended = 'The gateway has ended. New requests are shown when it serves again.';
  await expect.poll(() => outputs.map(({ err }) => err.includes(ended)), { timeout: 30_000 }).toEqual([true, true]);
  await expect.poll(() => waiting?.err.includes(ended), { timeout: 30_000 }).toBe(true);
  gateway = await startGateway({ data });
  await clientOf(gateway.ready)('GET', '/nowhere');
  await showsEach(2);
  await expect.poll(shownByReadyFile, { timeout: 30_000 }).toBe(2);
  await gateway.stop();
  const line = (requestId: string, lateMs = 0) =>
    `${JSON.stringify({ time: new Date(Date.now() - lateMs).toISOString(), status: '404', requestId })}\n`;
  appendFileSync(join(data, 'logs', 'access.log'), line('late', 10_000) + line('before the rotation'));
  renameSync(join(data, 'logs', 'access.log'), join(data, 'logs', 'access.1.log'));
  appendFileSync(join(data, 'logs', 'access.log'), line('after the rotation'));
  await showsEach(5);
  const codes = children.map(
    (child) =>
      new Promise((done) => {
        child.once('exit', done);
      }),
  );
  for (const child of children) child.stdout.destroy();
  appendFileSync(join(data, 'logs', 'access.log'), line('nobody reads it'));
  expect(await Promise.all(codes)).toEqual([141, 141]);
  for (const { err } of outputs) expect(err).not.toMatch(/\n\s+at |EPIPE|ECONNREFUSED/);
});
