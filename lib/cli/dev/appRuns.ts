import type { DevSynth, Synthesizer } from './devSynth.ts';

/** Runs of the app, one at a time, that can be ended. */
export interface AppRuns {
  /** @throws an error of {@link AppRuns.isAbort} when it is ended. */
  run(): Promise<DevSynth>;
  /** Ends the current run if it takes so long that it may never end. */
  endHanging(): void;
  /** Ends the current run. */
  end(): void;
  isAbort(error: unknown): boolean;
}

/** A synth takes seconds; one with a compiler takes a few more. */
const HANGS_MS = 10_000;
/** A run that is shorter needs no word. */
const NOTICE_MS = 1_000;

/** Makes {@link AppRuns} that say when a run takes long. */
export function appRuns(synthesizer: Synthesizer, print: (line: string) => void): AppRuns {
  let current: { readonly controller: AbortController; isHanging: boolean } | undefined;
  return {
    run: async () => {
      const run = { controller: new AbortController(), isHanging: false };
      const notice = setTimeout(() => print('Running the app again'), NOTICE_MS);
      const warning = setTimeout(() => {
        run.isHanging = true;
        print('The app has not ended for 10 s. The next saved change, or r, ends it and runs it again.');
      }, HANGS_MS);
      current = run;
      try {
        return await synthesizer.run(run.controller.signal);
      } finally {
        clearTimeout(notice);
        clearTimeout(warning);
        current = undefined;
      }
    },
    endHanging: () => {
      if (current?.isHanging) current.controller.abort();
    },
    end: () => current?.controller.abort(),
    isAbort: (error) => error instanceof Error && error.name === 'AbortError',
  };
}
