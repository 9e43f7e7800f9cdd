import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The folders of slow files, in the order in which they start: a slow file that starts last would run alone. */
const SLOW = [
  'test/pack/',
  'test/local/',
  'test/synth/',
  'test/property/',
  'test/unit/cli/',
  'test/types/',
  'test/docs/',
  'test/browser/',
  'test/parity/',
];

function rank({ moduleId, project }: TestSpecification): number {
  const found = SLOW.findIndex((folder) => moduleId.includes(`/${folder}`));
  const inOrder = found === -1 ? SLOW.length : found;
  // Files that share workers run last and together, so that no other file ends these workers.
  return project.config.isolate ? inOrder : inOrder + SLOW.length + 1;
}

/** Runs the files of slow folders first. Within a folder the order is that of Vitest: by duration, or by size. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
