import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCa } from '../../../support/certificates.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { makeCrl } from '../../../support/revocationList.ts';

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  await certs('ca');
});

const certs = (...args: readonly string[]) => cli(['certs', ...args], folder);
const file = (name: string) => join(folder, 'partner-ca', name);
const issue = async (name: string) => JSON.parse((await certs('issue', name, '--json')).stdout).serial as string;
const named = (list: string) => [...list.matchAll(/warning: (.*?) Run: secure-api certs crl/g)].map(([, text]) => text);

describe('crl.pem in the folder of a CA', () => {
  const whole = () => readFileSync(file('crl.pem'), 'utf8');
  const damages: readonly [what: string, damage: () => Promise<string> | string, found: string][] = [
    ['is empty', () => '', 'is not one block of PEM'],
    ['is cut', () => whole().slice(0, 200), 'is not one block of PEM'],
    [
      'has another byte',
      () => whole().replace(/\nM.{40}(.)/, (all) => `${all.slice(0, -1)}${all.endsWith('A') ? 'B' : 'A'}`),
      '',
    ],
    ['is there twice', () => whole().repeat(2), 'has something after its PEM block'],
    ['is of another CA', async () => (await makeCrl(await makeCa())).pem, 'is not signed by the CA'],
    [
      'has the name of the CA alone',
      async () => (await makeCrl(await makeCa({ commonName: 'Partner CA' }))).pem,
      'is not signed by the CA',
    ],
  ];

  it.each(damages)('that %s is reported by list, and replaced by crl', async (_, damage, found) => {
    writeFileSync(file('crl.pem'), await damage());
    const { stderr } = await certs('list');
    expect(named(stderr)).toEqual([expect.stringContaining(`crl.pem ${found}`)]);
    const signed = await certs('crl');
    expect([signed.code, signed.stderr]).toEqual([
      0,
      expect.stringMatching(/^crl\.pem .* It is replaced by a new list\.\n$/),
    ]);
    expect((await certs('list')).stderr).toBe('');
  });

  it('with a lower number than the index is reported', async () => {
    const before = whole();
    await certs('crl');
    writeFileSync(file('crl.pem'), before);
    expect(named((await certs('list')).stderr)).toEqual(['crl.pem has number 1, and index.json 2.']);
  });

  it('keeps revocations and number when an older index was restored', async () => {
    const serial = await issue('acme');
    const before = readFileSync(file('index.json'));
    await certs('revoke', serial);
    writeFileSync(file('index.json'), before);
    expect(named((await certs('list')).stderr)[0]).toContain(`crl.pem revokes ${serial}, and index.json does not.`);
    const { stdout, stderr } = await certs('crl', '--json');
    expect([JSON.parse(stdout), stderr]).toEqual([
      expect.objectContaining({ number: 3, revoked: 1 }),
      `crl.pem revokes ${serial}, which the index takes over.\n`,
    ]);
    expect((await certs('list')).stdout).toMatch(/revoked .* acme/);
  });
});

describe('certs revoke NAME', () => {
  it('revokes the certificate of that name', async () => {
    const serial = await issue('acme');
    await issue('acme-2');
    expect(JSON.parse((await certs('revoke', 'acme', '--json')).stdout)).toMatchObject({ serial, name: 'acme' });
    expect((await certs('revoke', 'acme')).stdout).toContain('Was revoked before, so time and reason stay: acme');
  });

  it('is not issued again with --reuse while one of the same names is valid and its key is here', async () => {
    const serial = await issue('globex');
    const reused = async () => JSON.parse((await certs('issue', 'globex', '--reuse', '--json')).stdout).serial;
    expect(await reused()).toBe(serial);
    await certs('revoke', serial);
    const next = await reused();
    expect(next).not.toBe(serial);
    expect(await reused()).toBe(next);
  });

  it('lists the certificates of that name when several are valid, and takes the one that is left', async () => {
    const [first, second] = [await issue('acme'), await issue('acme')];
    const { code, stderr } = await certs('revoke', 'acme');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error certificate-invalid at acme: found 2 certificates: /),
    ]);
    for (const serial of [first, second]) expect(stderr).toContain(`${serial} (acme, until `);
    await certs('revoke', first);
    expect(JSON.parse((await certs('revoke', 'acme', '--json')).stdout)).toMatchObject({ serial: second });
  });

  it('is ambiguous when the file of another certificate has that name, and no name looks like a serial number', async () => {
    const first = await issue('acme');
    expect((await certs('issue', first)).stderr).toContain('which looks like a serial number');
    writeFileSync(join(folder, 'bolt'), readFileSync(file(`issued/${first.toLowerCase()}.pem`)));
    await issue('bolt');
    expect((await certs('revoke', 'bolt')).stderr).toContain('found 2 certificates');
  });
});
