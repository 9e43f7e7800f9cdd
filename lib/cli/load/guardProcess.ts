/** A module that does to the process what a definition must not do. */
export class UnfitModule extends Error {
  readonly found: string;
  readonly fix: string;

  constructor(found: string, fix: string) {
    super(found);
    this.found = found;
    this.fix = fix;
  }
}

type Fail = (error: unknown) => void;

const { exit } = process;
/** What `process.exit` calls at its end; not in the types of Node.js. */
const reallyExit: unknown = Reflect.get(process, 'reallyExit');
const afterLoad = Promise.withResolvers<never>();
let fail: Fail | undefined;

/**
 * From now on, neither an end of the process nor an error that nobody catches ends it: a check would pass with exit code 0, or Node.js
 * would print the bundled line. Both are given to the function. Only {@link endProcess} ends the process.
 */
export function guardProcess(onFault: Fail): void {
  if (fail === undefined) {
    // Without a listener, a command that nobody tells about the fault would end by it.
    afterLoad.promise.catch(() => undefined);
    process.on('uncaughtException', (error) => fail?.(error));
    process.exit = rejectExit;
    Reflect.set(process, 'reallyExit', rejectExit);
  }
  fail = onFault;
}

/** What a definition does after its load, as an error that `described` makes of it, rejects {@link faultAfterLoad}. */
export function guardAfterLoad(described: (error: unknown) => unknown): void {
  guardProcess((error) => afterLoad.reject(described(error)));
}

/** Rejects when a definition that was loaded ends the process, or throws in a callback. */
export function faultAfterLoad(): Promise<never> {
  return afterLoad.promise;
}

/** Whether a definition was loaded. What it started must not keep the process alive or change its exit code. */
export function isGuarded(): boolean {
  return fail !== undefined;
}

/** Ends the process with an exit code that no listener changes. */
export function endProcess(code: number): never {
  Reflect.set(process, 'reallyExit', () => Reflect.apply(reallyExit as typeof exit, process, [code]));
  return exit.call(process, code);
}

/** Stands in for `process.exit`. It throws, because the code after the call does not expect to run. */
function rejectExit(): never {
  // Set by the real `process.exit`, which a module can have imported by its name. It would stop `process.nextTick`.
  Reflect.set(process, '_exiting', false);
  const error = new UnfitModule(
    'a call of process.exit, which ends the command before it has done its work',
    'Remove it; throw an error where the definition cannot be made.',
  );
  fail?.(error);
  throw error;
}
