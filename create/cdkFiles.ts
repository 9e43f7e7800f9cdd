import { posix } from 'node:path';
import type { CdkProject, Manifest } from './cdkProject.ts';
import { insertMembers } from './insertMembers.ts';
import type { Project } from './project.ts';
import { type Environment, stackId, templateFile } from './projectFiles.ts';
import { parseJson } from './readFile.ts';
import type { Files } from './template.ts';
import type { Versions } from './versions.ts';
import type { Writing } from './writeFiles.ts';

/** What an API adds to a CDK project. */
export interface CdkAddition extends Writing {
  /** What changed in existing files, for people. */
  readonly notes: readonly string[];
  /** Lines to add to the app. */
  readonly app: readonly string[];
  /** Commands that are next. */
  readonly next: readonly string[];
}

/** What the folder of the API has of the template. */
const OWN = /^(definition|stack)\.ts$|^(handlers|logic|data)\//;
const DATA = '.secure-api/';

/** Returns what to write into an existing CDK project: a folder with the API, and what is missing in its manifest. */
export function cdkFiles(
  template: Files,
  project: Project,
  versions: Versions,
  environment: Environment,
  cdk: CdkProject,
): CdkAddition {
  const sources = Object.entries(template).filter(([path]) => OWN.test(path));
  const created = sources.map(([path, content]) => {
    const source = templateFile(path, content, project, environment)
      .replaceAll(/(from '\.{1,2}\/[^']+)\.ts'/g, (_, start: string) => `${start}${cdk.extension}'`)
      .replace("'./handlers'", () => `'./${cdk.api}/handlers'`);
    return [`${cdk.api}/${path}`, source] as const;
  });
  const manifest = manifestOf(template, cdk, versions, environment);
  const ignored = ignoredWith(cdk.gitignore);
  const notes = [...manifest.notes, ...(ignored === undefined ? [] : [`.gitignore: ${DATA}`])];
  return {
    created: Object.fromEntries([
      ...created,
      ...(cdk.gitignore === undefined ? [['.gitignore', `${DATA}\n`] as const] : []),
    ]),
    changed: { ...(ignored === undefined ? {} : { '.gitignore': ignored }), 'package.json': manifest.text },
    notes,
    app: appLines(project, cdk),
    next: ['npm install', manifest.start ? 'npm start' : 'npx secure-api dev'],
  };
}

/** The lines that put the stack into the app. */
function appLines({ name }: Project, { api, entry, extension }: CdkProject): readonly string[] {
  const path = posix.relative(posix.dirname(entry ?? 'app.ts'), `${api}/stack`);
  const id = `${stackId(name).replace(/Api$/, '')}Api`;
  return [
    `import { ApiStack } from '${path.startsWith('.') ? '' : './'}${path}${extension}';`,
    `new ApiStack(app, '${id}');`,
  ];
}

function manifestOf(template: Files, cdk: CdkProject, versions: Versions, { node }: Environment) {
  const own = parseJson(cdk.manifest) as Manifest;
  const ours = JSON.parse(template['package.json'] ?? '{}') as Readonly<
    Record<'dependencies' | 'devDependencies', object>
  >;
  const present = { ...own.devDependencies, ...own.dependencies };
  const missing = (names: readonly string[]) =>
    Object.fromEntries(
      names.filter((name) => present[name] === undefined).map((name) => [name, versions.packages[name] ?? '']),
    );
  const tools = [...Object.keys(ours.devDependencies), ...(node === undefined ? [] : ['node'])];
  const allowed = versions.scripts.filter(
    (name) => name !== 'node' || node !== undefined || present['node'] !== undefined,
  );
  const additions: readonly (readonly [string | undefined, Readonly<Record<string, unknown>>])[] = [
    ['scripts', own.scripts?.['start'] === undefined ? { start: 'secure-api dev' } : {}],
    ['dependencies', missing(Object.keys(ours.dependencies))],
    ['devDependencies', missing(tools)],
    [
      'allowScripts',
      Object.fromEntries(allowed.filter((name) => own.allowScripts?.[name] === undefined).map((name) => [name, true])),
    ],
    [undefined, { 'secure-api': { definition: `${cdk.api}/definition.ts` } }],
  ];
  return {
    text: additions.reduce((text, [key, members]) => insertMembers(text, key, members), cdk.manifest),
    notes: additions.flatMap(([key, members]) => {
      const names = Object.keys(members);
      return names.length === 0 ? [] : [`package.json: ${key === undefined ? '' : `${key} `}${names.join(', ')}`];
    }),
    start: own.scripts?.['start'] === undefined,
  };
}

/** The file with the data of the local gateway; undefined where nothing is to be added. */
function ignoredWith(content: string | undefined): string | undefined {
  if (content === undefined || /^\/?\.secure-api\/?\s*$/m.test(content)) return undefined;
  const newline = content.includes('\r\n') ? '\r\n' : '\n';
  return `${content}${content === '' || content.endsWith('\n') ? '' : newline}${DATA}${newline}`;
}
