import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '../definition/api.ts';
import { type ValidatorSource, validatorSources } from '../validators/index.ts';
import { keepingOf } from './buildFolder.ts';
import { attempt, contentHash } from './fileStates.ts';
import { writeKept } from './keptBuilds.ts';

/**
 * The sources of validators, of which those are compiled that are not kept yet: the compiler takes a few milliseconds a route. A route without
 * a change has passed the checks of its schemas.
 *
 * @throws {DefinitionError} as `validatorSources`.
 * @example
 * ```ts
 * const { listNotes } = keptValidators(Object.values(api.routes));
 * ```
 */
export function keptValidators(routes: readonly Route[]): Readonly<Record<string, ValidatorSource>> {
  const keeping = keepingOf({});
  if (keeping === undefined) return validatorSources(routes);
  const { folder, made } = keeping;
  const fileOf = (route: Route) =>
    join(folder, 'validators', `${contentHash(`${made} ${JSON.stringify(route)}`)}.json`);
  const found = new Map(
    routes.flatMap((route) => {
      const source = read(fileOf(route));
      return source === undefined ? [] : [[route.id, source] as const];
    }),
  );
  const others = routes.filter(({ id }) => !found.has(id));
  const compiled = others.length === 0 ? {} : validatorSources(others);
  for (const route of others) writeKept(fileOf(route), withHash(JSON.stringify(compiled[route.id])));
  return { ...Object.fromEntries(found), ...compiled };
}

/** A file begins with the hash of its content, so a damaged one is none. */
function withHash(content: string): string {
  return `${contentHash(content)}\n${content}`;
}

function read(file: string): ValidatorSource | undefined {
  const [hash, content = ''] = attempt(() => readFileSync(file, 'utf8').split('\n'), []);
  return hash === contentHash(content) ? (JSON.parse(content) as ValidatorSource) : undefined;
}
