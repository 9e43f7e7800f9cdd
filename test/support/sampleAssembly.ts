import { inject } from 'vitest';

/**
 * The folder of the sample's cloud assembly, synthesized once in a run, when the first test asks for it. Every test
 * shares it: copy it before you change a file.
 */
export async function sampleAssembly(): Promise<string> {
  const response = await fetch(inject('sampleAssembly'));
  const result = await response.text();
  if (!response.ok) throw new Error(`The sample cannot be synthesized: ${result}`);
  return result;
}
