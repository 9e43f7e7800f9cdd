import { join } from 'node:path';
import type { Route } from '../definition/api.ts';
import { type ValidatorSource, validatorSources } from '../validators/index.ts';
import { keepingOf } from './buildFolder.ts';
import { readRecord, touch, writeRecord } from './keptFiles.ts';
import { sha256 } from './sha256.ts';

/**
 * The sources of validators, of which those are compiled that are not kept yet: the compiler takes a few milliseconds a route. A route without
 * a change has passed the checks of its schemas.
 *
 * @param before runs before any is compiled.
 * @throws {DefinitionError} as `validatorSources`.
 * @example
 * ```ts
 * const { listNotes } = keptValidators(Object.values(api.routes));
 * ```
 */
export function keptValidators(
  routes: readonly Route[],
  before: () => void = () => undefined,
): Readonly<Record<string, ValidatorSource>> {
  const compile = (others: readonly Route[]) => {
    before();
    return validatorSources(others);
  };
  const keeping = keepingOf({});
  if (keeping === undefined) return compile(routes);
  const { folder, made } = keeping;
  const fileOf = (route: Route) => join(folder, 'validators', `${sha256(`${made} ${JSON.stringify(route)}`)}.json`);
  const found = new Map(
    routes.flatMap((route) => {
      const source = readRecord<ValidatorSource>(fileOf(route));
      return source === undefined ? [] : [[route.id, source] as const];
    }),
  );
  touch(routes.filter(({ id }) => found.has(id)).map(fileOf));
  const others = routes.filter(({ id }) => !found.has(id));
  const compiled = others.length === 0 ? {} : compile(others);
  for (const route of others) writeRecord(fileOf(route), compiled[route.id] ?? {});
  return { ...Object.fromEntries(found), ...compiled };
}
