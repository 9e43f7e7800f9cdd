/** How a stand-in came about: a call on something, with arguments, or a member of something. */
interface Origin {
  readonly of?: unknown;
  readonly args?: readonly unknown[];
  /** Whether it is a module. */
  readonly isModule?: boolean;
}

const origins = new WeakMap<object, Origin>();

/**
 * A value in place of everything that a handler file uses and that is not in the files of the project: it can be called, made with
 * `new`, extended, iterated (without items) and used as a string (empty), and each result is a stand-in. So the file can be read
 * without a package, a network or an environment.
 *
 * @param members what is real in it
 */
export function standIn(members: Readonly<Record<string, unknown>> = {}, origin: Origin = {}): object {
  // It is never called, but only a function can be extended and made with `new`.
  const target = function standIn() {};
  const known = new Map<PropertyKey, unknown>(Object.entries(members));
  const made: object = new Proxy(target, {
    get: (_, name) => {
      if (name === 'prototype') return target.prototype;
      if (name === Symbol.toPrimitive) return () => '';
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      if (typeof name === 'symbol') return undefined;
      if (!known.has(name)) known.set(name, standIn({}, { of: made }));
      return known.get(name);
    },
    set: (_, name, value) => {
      known.set(name, value);
      return true;
    },
    has: () => true,
    // esbuild copies the own members of a module that is imported, and takes its prototype for the others.
    getPrototypeOf: () => (origin.isModule === true ? standIn(members) : Function.prototype),
    apply: (_, __, args) => standIn({}, { of: made, args }),
    construct: (_, args) => standIn({}, { of: made, args }),
  });
  origins.set(made, origin);
  return made;
}

/** A module in place of a package. */
export function standInModule(members: Readonly<Record<string, unknown>> = {}): object {
  return standIn(members, { isModule: true });
}

export function isStandIn(value: unknown): boolean {
  return typeof value === 'function' && origins.has(value);
}

/** All arguments of the calls that a stand-in is the result of, such as those of `wrap(handler).use(more)`. */
export function argumentsOf(value: unknown): readonly unknown[] {
  const { of, args = [] } = (typeof value === 'function' && origins.get(value)) || {};
  return of === undefined ? args : [...argumentsOf(of), ...args];
}
