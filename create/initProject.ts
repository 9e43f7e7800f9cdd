import { relative, resolve } from 'node:path';
import { cdkFiles } from './cdkFiles.ts';
import { readCdkProject } from './cdkProject.ts';
import { invalidOption, withFileErrors } from './errors.ts';
import { inspectFolder } from './folder.ts';
import { type ProjectInput, projectOf, suggestedName } from './project.ts';
import { projectFiles } from './projectFiles.ts';
import { shellWord } from './shellWord.ts';
import { readTemplate } from './template.ts';
import { removeUnfinished } from './unfinished.ts';
import { isOldNode, NODE_NEEDED, readVersions } from './versions.ts';
import { writeFiles } from './writeFiles.ts';

/** What was written, and what to do next. */
export interface InitResult {
  /** Absolute path. */
  readonly folder: string;
  readonly name: string;
  /** New files, relative to the folder. */
  readonly created: readonly string[];
  /** What was added to existing files of a CDK project. */
  readonly added: readonly string[];
  /** In a CDK project, what to add to the app, and its file. */
  readonly app?: { readonly file?: string; readonly lines: readonly string[] };
  /** Commands, from the current folder. */
  readonly next: readonly string[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Completes the input, such as by questions. */
export type Questions = (input: ProjectInput, suggestedName: string) => Promise<ProjectInput>;

const noQuestions: Questions = async (input) => input;

/**
 * Writes a project into a folder that is empty or does not exist, or an API into a CDK project.
 *
 * @throws {ConfigError} `option-invalid`, `option-missing` or `project-folder-unusable`; then nothing is written.
 */
export async function initProject(dir: string, input: ProjectInput, ask: Questions = noQuestions): Promise<InitResult> {
  const folder = folderOf(dir);
  const versions = readVersions();
  const cdk = withFileErrors(dir, () => {
    removeUnfinished(folder);
    return inspectFolder(folder, dir) === 'cdk' ? readCdkProject(folder, versions) : undefined;
  });
  const project = projectOf(await ask(input, suggestedName(folder)), folder);
  const isOld = isOldNode(process.versions.node);
  const node = isOld ? versions.packages['node'] : undefined;
  const environment = { today: new Date().toISOString().slice(0, 10), node };
  const template = readTemplate();
  const addition = cdk && cdkFiles(template, project, versions, environment, cdk);
  const created = addition?.created ?? projectFiles(template, project, versions, environment);
  writeFiles(folder, dir, { created, changed: addition?.changed ?? {} });
  const path = relative(process.cwd(), folder);
  return {
    folder,
    name: project.name,
    created: Object.keys(created),
    added: addition?.notes ?? [],
    ...(addition === undefined ? {} : { app: { file: cdk?.entry, lines: addition.app } }),
    next: [...(path === '' ? [] : [`cd ${shellWord(path)}`]), ...(addition?.next ?? ['npm install', 'npm start'])],
    notes: isOld
      ? [
          `Node.js ${process.version} is older than ${NODE_NEEDED}: the project has the package node, which npm scripts use.`,
        ]
      : [],
  };
}

/** A script whose variable is empty does not mean the current folder. */
function folderOf(dir: string): string {
  if (dir !== '') return resolve(dir);
  const fix = 'Name a folder, or leave it out for the current one.';
  throw invalidOption({ location: 'the folder', found: '""', expected: 'a path', fix });
}
