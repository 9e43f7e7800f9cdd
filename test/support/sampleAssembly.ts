import { inject } from 'vitest';
import type { SharedFolder } from './globalSetup.ts';

/**
 * The folder of the sample's cloud assembly, synthesized once in a run, when the first test asks for it. Every test
 * shares it: copy it before you change a file.
 */
export const sampleAssembly = (): Promise<string> => sharedFolder('sample-assembly');

/** A folder that a run makes once. */
export async function sharedFolder(name: SharedFolder): Promise<string> {
  const response = await fetch(`${inject('sharedFolders')}/${name}`);
  const result = await response.text();
  if (!response.ok) throw new Error(`The shared folder ${name} cannot be made: ${result}`);
  return result;
}
