import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { keyRegistry } from '../../services/apigateway/keyRegistry.ts';
import { aStack } from '../support/gateway.ts';

const open = (data: string) => keyRegistry(data, aStack());
const aKey = (id: string) => ({ id, value: id.padEnd(40, 'x'), enabled: true, planIds: [] });
const changesOf = (data: string) => join(data, 'api-keys.changes.jsonl');

/** Adds keys in another process, and kills it after some were stored; returns their ids. */
async function killedAfter(data: string, count: number): Promise<readonly string[]> {
  const script = join(import.meta.dirname, '../support/keyProcess.ts');
  const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
    if (printed.split('\n').length > count) child.kill('SIGKILL');
  });
  await new Promise((done) => child.once('close', done));
  return printed.split('\n').slice(0, -1);
}

describe('the store of API keys', () => {
  it('has every key that it said was stored, also after the process was killed, again and again', async () => {
    const data = temporaryFolder();
    const stored: string[] = [];
    for (const count of [20, 1, 50]) {
      stored.push(...(await killedAfter(data, count)));
      const keys = open(data);
      expect(stored.filter((id) => keys.byId(id)?.id !== id)).toEqual([]);
    }
    expect(stored.length).toBeGreaterThanOrEqual(71);
  });

  it('writes as much for a key, however many there are', () => {
    const data = temporaryFolder();
    const keys = open(data);
    const sizes = Array.from({ length: 2_000 }, (_, i) => {
      keys.add(aKey(String(10_000 + i)));
      return statSync(changesOf(data)).size;
    });
    const [first = 0] = sizes;
    expect(sizes).toEqual(sizes.map((_, i) => first * (i + 1)));
    expect(existsSync(join(data, 'api-keys.json'))).toBe(false);
  });

  it('joins its changes with the keys of before at the next start', () => {
    const data = temporaryFolder();
    writeFileSync(join(data, 'api-keys.json'), JSON.stringify([aKey('old'), aKey('gone')]));
    const keys = open(data);
    keys.add(aKey('new'));
    keys.setEnabled('old', false);
    keys.remove('gone');
    expect(statSync(changesOf(data)).mode & 0o777).toBe(0o600);
    for (let start = 0; start < 2; start++) {
      const again = open(data);
      expect(again.all().map(({ id, enabled }) => [id, enabled])).toEqual([
        ['old', false],
        ['new', true],
      ]);
      expect(again.byValue(aKey('gone').value)).toBeUndefined();
      expect(existsSync(changesOf(data))).toBe(false);
    }
  });

  it('reads changes that it has joined already, after a crash between the two steps', () => {
    const data = temporaryFolder();
    const keys = open(data);
    keys.add(aKey('a'));
    keys.add(aKey('b'));
    keys.remove('a');
    const changes = readFileSync(changesOf(data), 'utf8');
    open(data);
    writeFileSync(changesOf(data), changes);
    expect(
      open(data)
        .all()
        .map(({ id }) => id),
    ).toEqual(['b']);
  });

  it('ignores a last line that a crash cut off, and names the file when another one is broken, without its keys', () => {
    const data = temporaryFolder();
    open(data).add(aKey('whole'));
    appendFileSync(changesOf(data), '{"key":{"id":"half","value":"secr');
    const keys = open(data);
    expect(keys.all().map(({ id }) => id)).toEqual(['whole']);
    keys.add(aKey('next'));
    expect(open(data).byId('next')).toBeDefined();
    writeFileSync(changesOf(data), '{"key":{"id":"half","value":"secr\n');
    expect(() => open(data)).toThrow(/api-keys\.changes\.jsonl is not readable as JSON: remove it/);
    expect(() => open(data)).not.toThrow(/secr/);
  });

  it('stores changes that are made at the same time with one write to the disk each wait', async () => {
    const data = temporaryFolder();
    const keys = open(data);
    const waiting = Array.from({ length: 100 }, (_, i) => {
      keys.add(aKey(`k${i}`));
      return keys.stored();
    });
    await Promise.all(waiting);
    expect(new Set(waiting).size).toBeLessThan(100);
    expect(open(data).all()).toHaveLength(100);
  });
});
