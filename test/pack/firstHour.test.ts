import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { followQuickStart, readmeBlock, type StartedProject } from '../support/quickStart.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { sharedFolder } from '../support/sampleAssembly.ts';

/** The status that README promises for each command of a script. */
const promisedBy = (script: string) => [...script.matchAll(/# (\d{3}):/g)].map(([, status]) => status);

/** Lines of a terminal without what differs from run to run: times and durations. */
const withoutNumbers = (text: string) => text.replaceAll(/\d+:\d+:\d+|\d+ ms|\d+\.\d+ s/g, '…');

let registry: Registry;
let project: StartedProject;

beforeAll(async () => {
  registry = await startRegistry(await sharedFolder('tarballs'));
  project = await followQuickStart(registry);
});
afterAll(async () => {
  await project?.stop();
  registry?.close();
});

describe('a stranger who follows README from an empty folder', () => {
  it('has a running API after at most three lines, the last of which starts it', () => {
    const lines = readmeBlock('Quick start').trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(lines.at(-1)).toBe('npm start');
  });

  it('gets the promised status of each call', async () => {
    const calls = readmeBlock('Call it');
    expect(promisedBy(calls).length).toBeGreaterThanOrEqual(6);
    expect((await project.type(calls)).split('\n')).toEqual(promisedBy(calls));
  });

  it('is served a change of a handler, and sees its error in the line of the source', async () => {
    writeFileSync(join(project.folder, 'handlers/addNote.ts'), readmeBlock('Change it', 'ts'));
    const calls = readmeBlock('Change it');
    const variables = readmeBlock('Call it').replaceAll(/^api \$.*\n/gm, '');
    await vi.waitFor(
      async () => expect((await project.type(variables + calls)).split('\n')).toEqual(promisedBy(calls)),
      { timeout: 60_000, interval: 100 },
    );
    const shown = readmeBlock('Change it', '').trim().split('\n').map(withoutNumbers);
    expect(withoutNumbers(project.output()).split('\n')).toEqual(expect.arrayContaining(shown));
  });

  it('has tests that pass', async () => {
    expect(await project.type(readmeBlock('Test it'))).toMatch(/^. pass [1-9]\d*\n. fail 0$/m);
  });
});
