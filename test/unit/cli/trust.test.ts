import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { trustCommand } from '../../../lib/cli/trust/index.ts';
import { currentSystem, SYSTEMS, shellWord } from '../../../lib/cli/trust/systems.ts';
import { localTls } from '../../../local/services/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';

async function run(...args: readonly string[]): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  try {
    await trustCommand()
      .exitOverride()
      .parseAsync(['node', 'trust', ...args]);
  } finally {
    spy.mockRestore();
  }
  return text;
}

interface Output {
  readonly ca: { readonly path: string; readonly fingerprint256: string };
  readonly system: string;
  readonly methods: readonly {
    readonly name: string;
    readonly trust: readonly string[];
    readonly undo?: readonly string[];
  }[];
}

describe('secure-api trust', () => {
  it.each(SYSTEMS)('names the CA and each program for %s, and how to undo what stays', async (system) => {
    const data = temporaryFolder();
    const { caPem, caPath } = await localTls(data);
    const { ca, methods, ...rest } = JSON.parse(await run('--data', data, '--system', system, '--json')) as Output;
    expect(ca).toMatchObject({ path: caPath, fingerprint256: new X509Certificate(caPem).fingerprint256 });
    expect(rest.system).toBe(system);
    const names = methods.map(({ name }) => name);
    for (const name of [
      'Node.js',
      'curl',
      'Python requests',
      'Python httpx',
      'Java',
      'Go',
      '.NET',
      'Git',
      'Firefox',
      'Chrome, Edge',
    ])
      expect(names).toContain(name);
    expect(names.includes('Safari')).toBe(system === 'macos');
    expect(methods.at(-1)?.undo?.length).toBeGreaterThan(0);
    expect(methods.at(-1)?.trust[0]).toContain(caPath);
  });

  it('warns before it prints anything to type', async () => {
    const data = temporaryFolder();
    await localTls(data);
    const text = await run('--data', data);
    expect(text.indexOf('can sign certificates for any site')).toBeGreaterThan(0);
    expect(text.indexOf('can sign certificates for any site')).toBeLessThan(text.indexOf('NODE_EXTRA_CA_CERTS'));
    expect(text).toContain('Nothing was changed.');
  });

  it('changes nothing', async () => {
    const data = temporaryFolder();
    await localTls(data);
    const seen = () =>
      readdirSync(join(data, 'tls')).map((name) => {
        const path = join(data, 'tls', name);
        return [name, statSync(path).mtimeMs, readFileSync(path, 'utf8')];
      });
    const before = seen();
    await run('--data', data);
    expect(seen()).toEqual(before);
  });

  it('names the address of the gateway that runs, and none of one that does not', async () => {
    const data = temporaryFolder();
    await localTls(data);
    expect(await run('--data', data)).not.toMatch(/localhost|127\.0\.0\.1/);
    const ready = { url: 'https://localhost:40123', pid: process.pid };
    writeFileSync(join(data, 'ready.json'), JSON.stringify(ready));
    expect((await run('--data', data)).match(/localhost:?\d*/g)).toEqual(['localhost:40123']);
    writeFileSync(join(data, 'ready.json'), JSON.stringify({ ...ready, pid: 2 ** 22 + 1 }));
    expect(await run('--data', data)).not.toMatch(/localhost|127\.0\.0\.1/);
  });

  it('fails where there is no CA, and makes none', async () => {
    const data = temporaryFolder();
    await expect(run('--data', data)).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(readdirSync(data)).toEqual([]);
  });

  it('prints lines that a shell takes as they are, whatever the directory is called', async () => {
    const data = temporaryFolder();
    const { caPem } = await localTls(join(data, "it's $HOME `x`"));
    const { methods } = JSON.parse(
      await run('--data', join(data, "it's $HOME `x`"), '--system', 'debian', '--json'),
    ) as Output;
    const [line = ''] = methods.find(({ name }) => name === 'Node.js')?.trust ?? [];
    const read = execFileSync('sh', ['-c', `${line}; cat "$NODE_EXTRA_CA_CERTS"`], { encoding: 'utf8' });
    expect(read).toBe(caPem);
    expect(shellWord("it's", 'windows')).toBe("'it''s'");
  });
});

it.each([
  ['darwin', '', 'macos'],
  ['win32', '', 'windows'],
  ['linux', 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'debian'],
  ['linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ['linux', 'ID=alpine\n', 'alpine'],
  ['linux', 'ID=constructor\n', undefined],
  ['linux', '', undefined],
])('detects the system of %s with %j', (platform, release, expected) => {
  expect(currentSystem(platform, release)).toBe(expected);
});
