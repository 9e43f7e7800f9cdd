import { setTimeout as sleep } from 'node:timers/promises';
import { wasWrittenSince } from '../../bundle/keptBuilds.ts';

/** Builds of files that are written all the time, and the pause between two. */
const MOST_BUILDS = 20;
const PAUSE_MS = 50;

/**
 * Builds again while a build fails and one of its sources was written meanwhile: half of a file is no mistake of anybody.
 *
 * @param sources asked after a build has failed, which can have loaded more
 */
export async function untilWritten<Built>(
  build: () => Promise<Built>,
  sources: () => readonly string[],
): Promise<Built> {
  for (let times = 1; ; times++) {
    const began = Date.now();
    try {
      return await build();
    } catch (error) {
      if (times === MOST_BUILDS || !sources().some((file) => wasWrittenSince(file, began))) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * Builds until no file was written meanwhile: one that is being written can be empty for a moment, and an empty file is a module,
 * too. After {@link MOST_BUILDS} the result stands, and what was written is built next.
 *
 * @param sources the files behind a build
 */
export async function settled<Built>(
  build: () => Promise<Built>,
  sources: (built: Built) => readonly string[],
): Promise<Built> {
  for (let times = 1; ; times++) {
    const began = Date.now();
    const built = await build();
    if (times === MOST_BUILDS || !sources(built).some((file) => wasWrittenSince(file, began))) return built;
    await sleep(PAUSE_MS);
  }
}
