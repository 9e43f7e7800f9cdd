import { relative, resolve } from 'node:path';
import { inspectFolder } from './folder.ts';
import { type ProjectInput, projectOf } from './project.ts';
import { projectFiles } from './projectFiles.ts';
import { readTemplate } from './template.ts';
import { readVersions } from './versions.ts';
import { writeFiles } from './writeFiles.ts';

/** What was written, and what to do next. */
export interface InitResult {
  readonly folder: string;
  readonly name: string;
  /** New files, relative to the folder. */
  readonly created: readonly string[];
  /** Commands, from the current folder. */
  readonly next: readonly string[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Secure-api runs on this version of Node.js and on later ones. */
const NODE_NEEDED = 24;

/**
 * Writes a project into a folder, which must be empty or not exist.
 *
 * @throws {ConfigError} `option-invalid`, `option-missing` or `project-folder-unusable`; then nothing is written.
 */
export function initProject(dir: string, input: ProjectInput): InitResult {
  const folder = resolve(dir);
  inspectFolder(folder, dir);
  const project = projectOf(input, folder);
  const versions = readVersions();
  const isOld = Number(process.versions.node.split('.')[0]) < NODE_NEEDED;
  const node = isOld ? versions.packages['node'] : undefined;
  const today = new Date().toISOString().slice(0, 10);
  const created = projectFiles(readTemplate(), project, versions, { today, node });
  writeFiles(folder, dir, { created, changed: {} });
  const path = relative(process.cwd(), folder);
  return {
    folder,
    name: project.name,
    created: Object.keys(created),
    next: [...(path === '' ? [] : [`cd ${quoted(path)}`]), 'npm install', 'npm start'],
    notes: isOld
      ? [
          `Node.js ${process.version} is older than ${NODE_NEEDED}, so the project has the package node, which npm scripts use.`,
        ]
      : [],
  };
}

/** A path as a word of a shell. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
