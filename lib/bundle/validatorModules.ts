import { HELPERS } from '../validators/index.ts';
import type { EntryFiles } from './entryFiles.ts';

/** The modules of validators in the folder of an entry. */
export interface ValidatorModules {
  readonly files: EntryFiles;
  /** The module of a validator, as the entry imports it. */
  pathOf(name: string): string;
}

/**
 * Writes the sources of validators as modules that share what is equal: routes often return the same body, and most need the same helpers. A
 * start compiles neither twice.
 *
 * @param sources by the names of validators, such as `responses/getNote`.
 * @example
 * ```ts
 * const { files, pathOf } = validatorModules(new Map([['responses/getNote', source], ['responses/createNote', source]]));
 * pathOf('responses/createNote'); // './responses/getNote.mjs'
 * ```
 */
export function validatorModules(sources: ReadonlyMap<string, string>): ValidatorModules {
  const firstOf = new Map([...sources].reverse().map(([name, source]) => [source, name]));
  const helpers = new Set<HelperName>();
  const modules = [...firstOf].map(([source, name]) => {
    const used = HELPER_NAMES.filter((helper) => source.includes(codeOf(helper)));
    for (const helper of used) helpers.add(helper);
    const imports = used.map((helper) => `import { helper_${helper} } from '../helpers/${helper}.mjs';\n`);
    const own = used.reduce((code, helper) => code.replace(codeOf(helper), () => ''), source);
    return [`${name}.mjs`, `${imports.join('')}${own}`] as const;
  });
  const ofHelpers = [...helpers].map((name) => [`helpers/${name}.mjs`, `export ${codeOf(name)}`] as const);
  return {
    files: Object.fromEntries([...modules.reverse(), ...ofHelpers.sort()]),
    pathOf: (name) => `./${firstOf.get(sources.get(name) ?? '') ?? name}.mjs`,
  };
}

type HelperName = keyof typeof HELPERS;
const HELPER_NAMES = Object.keys(HELPERS) as HelperName[];

/** As `validatorSources` writes it. */
function codeOf(name: HelperName): string {
  return `${HELPERS[name]}\n`;
}
