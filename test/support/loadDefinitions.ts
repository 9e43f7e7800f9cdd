import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { folderOf, root } from './folders.ts';

const run = promisify(execFile);
const LINK = 'link:';

/** What a load gives: the name of the API, or the error. */
export interface LoadResult {
  readonly name?: string;
  readonly fault?: Readonly<Record<'code' | 'location' | 'found' | 'fix', string>>;
  readonly error?: string;
}

/** The results by name, and what the definitions printed to stdout. */
interface Loads {
  readonly results: Readonly<Record<string, LoadResult>>;
  readonly printed: string;
}

/** A module that makes the definition of an API with a name. */
const MAKE = `import { defineApi, defineRoles, get } from '${root}/lib/definition/index.ts';
export const make = (name: string) => defineApi({
  name, version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] } }, { reviewed: new Date().toISOString().slice(0, 10) }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: { list: get('/notes', { permission: 'note:read', responses: { 204: { description: 'Done' } } }) },
});
`;

/**
 * Writes a project for each case and loads its definition as the command does, all in one process of Node.js.
 *
 * @param cases the files of each project by its name, of which `api.…` is the definition. A text that starts with `link:` makes a
 * symbolic link.
 */
export async function loadAll(cases: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<Loads> {
  const projects = Object.entries(cases).map(([name, files]) => {
    const entry = Object.keys(files).find((file) => /(^|\/)api\.[^/]+$/.test(file)) ?? 'api.ts';
    const links = Object.entries(files).filter(([, text]) => text.startsWith(LINK));
    const written = Object.fromEntries(Object.entries(files).filter(([, text]) => !text.startsWith(LINK)));
    const folder = folderOf({ 'make.ts': MAKE, ...written });
    for (const [file, text] of links) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      symlinkSync(text.slice(LINK.length), join(folder, file));
    }
    return { name, entry, folder };
  });
  const script = `
    import { loadReviewableFrom } from ${JSON.stringify(join(root, 'lib/cli/loadDefinition.ts'))};
    const results = {};
    for (const { name, entry, folder } of ${JSON.stringify(projects)}) {
      process.chdir(folder);
      try {
        const { api } = await loadReviewableFrom(entry, folder);
        results[name] = { name: api.name };
      } catch (error) {
        results[name] = { fault: error.faults?.[0], error: String(error.stack ?? error) };
      }
    }
    console.log('\\nRESULTS' + JSON.stringify(results));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  const [printed = '', results = '{}'] = stdout.split('\nRESULTS');
  return { results: JSON.parse(results) as Record<string, LoadResult>, printed };
}
