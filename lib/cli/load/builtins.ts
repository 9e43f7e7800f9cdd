import { UnfitModule } from './guardProcess.ts';

/** What the command itself calls after a load. */
const OWNERS: Readonly<Record<string, object>> = {
  Array,
  'Array.prototype': Array.prototype,
  Object,
  'Object.prototype': Object.prototype,
  'String.prototype': String.prototype,
  'RegExp.prototype': RegExp.prototype,
  Promise,
  'Promise.prototype': Promise.prototype,
  'Map.prototype': Map.prototype,
  'Set.prototype': Set.prototype,
  JSON,
};

interface Builtin {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor;
  readonly name: string;
}

/**
 * Remembers the functions of JavaScript that the command needs. The returned function puts back those that are none any more; another
 * function in the same place, such as that of a polyfill, stays.
 *
 * @throws {UnfitModule} from the returned function, when a module has removed one.
 */
export function rememberBuiltins(): () => void {
  const builtins = Object.entries(OWNERS).flatMap(([name, owner]) => functionsOf(name, owner));
  const { defineProperty, get } = Reflect;
  return () => {
    let removed: string | undefined;
    // By index, because the iterator of arrays can be among them.
    for (let i = 0; i < builtins.length; i++) {
      const { owner, key, descriptor, name } = builtins[i] as Builtin;
      if (typeof get(owner, key) === 'function') continue;
      defineProperty(owner, key, descriptor);
      removed ??= name;
    }
    if (removed === undefined) return;
    throw new UnfitModule(
      `a module that removes ${removed}, which others need`,
      'Leave what JavaScript provides as it is.',
    );
  };
}

function functionsOf(ownerName: string, owner: object): readonly Builtin[] {
  return Reflect.ownKeys(owner).flatMap((key) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
    const name = typeof key === 'symbol' ? `${ownerName}[${key.description}]` : `${ownerName}.${key}`;
    return typeof descriptor?.value === 'function' ? [{ owner, key, descriptor, name }] : [];
  });
}
