import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Client, clientOf } from '../support/client.ts';
import { eicar, form, pdf, png, zip } from '../support/files.ts';
import { folderOf } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let call: Client;
let token: string;
let attachments: string;
const data = folderOf({});

const start = async (...args: readonly string[]) => {
  gateway = await startGateway({ data, args: ['--verbose', ...args] });
  call = clientOf(gateway.ready);
  token = await gateway.token('editor', { tier: 'premium' });
};
beforeAll(async () => {
  await start('--scan', 'hold');
  attachments = `/documents/${(await call('POST', '/documents', { token, body: { title: 'Scanned' } })).json()['id']}/attachments`;
});
afterAll(() => gateway?.stop());

const addImage = async () => {
  const { body, headers } = form({ name: 'a.png', type: 'image/png', bytes: png() });
  const response = await call('POST', attachments, { token, body, headers });
  return response.json<{ id: string }>().id;
};
/** Uploads by a form that the API signs. */
const addDirectly = async (bytes: Buffer) => {
  const sha256 = createHash('sha256').update(bytes).digest('base64');
  const body = { name: 'a.pdf', type: 'application/pdf', size: bytes.length, sha256 };
  const presigned = await call('POST', `${attachments}/presign`, { token, body });
  const { id, url, fields } = presigned.json<{ id: string; url: string; fields: Record<string, string> }>();
  const strings = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
  const sent = form(...strings, { name: 'x', bytes });
  const stored = await clientOf({ url, ca: gateway.ready.ca })('POST', '', sent);
  expect(stored.status).toBe(201);
  return id;
};
const state = async (id: string) => {
  const { items } = (await call('GET', attachments, { token })).json<{ items: { id: string; state: string }[] }>();
  return items.find((item) => item.id === id)?.state;
};
const becomes = (id: string, expected: string) => expect.poll(() => state(id), { timeout: 30_000 }).toBe(expected);

describe('files of a gateway that holds them', () => {
  let image: string;
  let virus: string;
  let archive: string;

  it('stay in quarantine, as the terminal says', async () => {
    [image, virus, archive] = [
      await addImage(),
      await addDirectly(eicar('\n')),
      await addDirectly(zip([{ name: 'notes.txt' }, { name: 'virus.txt', data: eicar() }])),
    ];
    expect([await state(image), await state(virus), await state(archive)]).toEqual(Array(3).fill('quarantined'));
    expect(gateway.output()).toContain('files stay in quarantine: --scan hold');
    expect(gateway.output()).not.toMatch(/^scanned /m);
  });

  it('are scanned at the next start without it: released, or rejected when they are the test file', async () => {
    await gateway.stop();
    await start('--scan-delay', '0');
    await becomes(image, 'released');
    await becomes(virus, 'rejected');
    await becomes(archive, 'rejected');
    const document = attachments.split('/')[2];
    const line = (id: string, result: string) =>
      new RegExp(`^scanned [^ ]+/uploads/${document}/${id}: ${result}$`, 'm');
    await vi.waitFor(() => {
      expect(gateway.output()).toMatch(line(image, 'NO_THREATS_FOUND'));
      expect(gateway.output()).toMatch(line(virus, 'THREATS_FOUND'));
    });
  });

  it('are scanned a moment after their upload from then on', async () => {
    const [clean, infected] = [await addDirectly(pdf()), await addDirectly(eicar())];
    await becomes(clean, 'released');
    await becomes(infected, 'rejected');
  });

  it('are said to be scanned for the test file alone', () => {
    expect(gateway.output()).toContain('scans are emulated: they find only the EICAR test file');
  });
});

it.each([
  [['--scan', 'off'], 'emulate, hold'],
  [['--scan-delay', '-1'], '0'],
  [['--scan-delay', '3601'], '3600'],
])('%j is rejected', async (args, expected) => {
  const { code, stderr } = await cli(['dev', '--assembly', 'missing', ...args]);
  expect(code).not.toBe(0);
  expect(stderr.replaceAll(/[,_](?=\d)/g, '')).toContain(expected);
});
