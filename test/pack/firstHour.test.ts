import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followQuickStart, readmeBlock, type StartedProject } from '../support/quickStart.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { sharedFolder } from '../support/sampleAssembly.ts';

/** The status that README promises for each command of a script. */
const promisedBy = (script: string) => [...script.matchAll(/# (\d{3}):/g)].map(([, status]) => status);

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

  it('has tests that pass', async () => {
    expect(await project.type(readmeBlock('Test it'))).toMatch(/^. pass [1-9]\d*\n. fail 0$/m);
  });
});
