import { join } from 'node:path';
import { OWN_PROJECT, readCdkApp } from './cdkApp.ts';
import { unusableFolder } from './errors.ts';
import { parseJson, readOptional } from './readFile.ts';
import { type ImportOptions, readTsconfig } from './readTsconfig.ts';
import type { Versions } from './versions.ts';

/** A CDK project of somebody else: what decides how the code of the API looks there. */
export interface CdkProject {
  /** The content of `package.json`. */
  readonly manifest: string;
  /** The content of `.gitignore`, if there is one. */
  readonly gitignore?: string;
  /** The folder that the API gets, such as `api`. */
  readonly api: string;
  /** The file of the app, if `cdk.json` names one. */
  readonly entry?: string;
  /** What relative imports end with. */
  readonly extension: '' | '.js' | '.ts';
}

/** What of a manifest counts here. */
export interface Manifest {
  readonly type?: unknown;
  readonly scripts?: Readonly<Record<string, string>> | null;
  readonly dependencies?: Readonly<Record<string, string>> | null;
  readonly devDependencies?: Readonly<Record<string, string>> | null;
  readonly 'secure-api'?: unknown;
  readonly allowScripts?: Readonly<Record<string, unknown>> | null;
}

/** The first version with `require` of ES modules from `NodeNext`. https://devblogs.microsoft.com/typescript/announcing-typescript-5-8/ */
const TYPESCRIPT = [5, 8] as const;
/** From this version on, modules are resolved as bundlers do unless the configuration says otherwise. */
const TYPESCRIPT_BUNDLER = 6;
const NODE = ['nodenext', 'node16', 'node18', 'node20'];
const LATEST_NODE = ['nodenext', 'node20'];

/**
 * Reads a CDK project in TypeScript.
 *
 * @throws {ConfigError} `project-folder-unusable` for another language, or settings with which the API would not compile.
 */
export function readCdkProject(folder: string, versions: Versions): CdkProject {
  const { entry, runsSource } = readCdkApp(folder);
  const text = readOptional(join(folder, 'package.json'), 'package.json');
  if (text === undefined) throw wrong('package.json', 'no such file', 'a CDK app in TypeScript', OWN_PROJECT);
  const manifest = parsedManifest(text);
  if (manifest['secure-api'] !== undefined) {
    throw wrong(
      'package.json',
      '"secure-api"',
      'a project without an API',
      'The project has an API: npx secure-api dev serves it.',
    );
  }
  requireCdk(manifest, versions);
  const extension = extensionOf(readTsconfig(folder), manifest, { folder, runsSource });
  return {
    manifest: text,
    gitignore: readOptional(join(folder, '.gitignore'), '.gitignore'),
    api: entry?.startsWith('src/') === true ? 'src/api' : 'api',
    entry,
    extension,
  };
}

/** A section that is `null` counts as missing. */
function parsedManifest(text: string): Manifest {
  let manifest: unknown;
  try {
    manifest = parseJson(text);
  } catch {
    throw wrong(
      'package.json',
      'no JSON that can be read',
      'a JSON object',
      'Fix the file; npm cannot read it either.',
    );
  }
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(manifest)) throw wrong('package.json', 'other content', 'a JSON object', 'Fix the file.');
  for (const section of ['scripts', 'dependencies', 'devDependencies', 'allowScripts']) {
    if (isObject((manifest as Record<string, unknown>)[section] ?? {})) continue;
    throw wrong('package.json', `"${section}" of another kind`, 'a JSON object', `Write "${section}" as an object.`);
  }
  return manifest as Manifest;
}

/** Which ending relative imports need, so that the compiler, the app and the editor agree. */
function extensionOf(
  options: ImportOptions | undefined,
  manifest: Manifest,
  { folder, runsSource }: { readonly folder: string; readonly runsSource: boolean },
): CdkProject['extension'] {
  if (options === undefined) {
    if (runsSource) return '.ts';
    throw wrong('tsconfig.json', 'no such file', 'a CDK app in TypeScript', OWN_PROJECT);
  }
  const typescript = typescriptOf(folder, manifest);
  const isModule = manifest.type === 'module';
  const { module = isModule ? 'nodenext' : 'commonjs' } = options;
  const resolution = options.moduleResolution ?? defaultResolution(module, typescript);
  if (resolution !== 'bundler' && !NODE.includes(resolution)) {
    const fix = 'Set "module" and "moduleResolution" to "NodeNext", as cdk init does.';
    throw wrong('tsconfig.json', `moduleResolution ${resolution}`, 'node16, nodenext or bundler', fix);
  }
  if (!isModule && NODE.includes(module)) requireNext(module, typescript);
  if (!isModule && options.verbatim) {
    const fix = 'Remove the option, or add "type": "module" to package.json.';
    throw wrong('tsconfig.json', 'verbatimModuleSyntax in CommonJS', 'import statements that compile', fix);
  }
  if (options.extensions || runsSource) return '.ts';
  return isModule && NODE.includes(resolution) ? '.js' : '';
}

/** The package is an ES module, which only these let CommonJS import. */
function requireNext(module: string, typescript: readonly number[]): void {
  if (!LATEST_NODE.includes(module)) {
    const expected = 'NodeNext, with which CommonJS imports ES modules';
    throw wrong('tsconfig.json', `module ${module}`, expected, 'Set "module" and "moduleResolution" to "NodeNext".');
  }
  const [major = 0, minor = 0] = typescript;
  if (major > TYPESCRIPT[0] || (major === TYPESCRIPT[0] && minor >= TYPESCRIPT[1])) return;
  const fix = 'Update it: npm install --save-dev typescript@5.9.';
  throw wrong('package.json', `TypeScript ${major}.${minor}`, `${TYPESCRIPT.join('.')} or later`, fix);
}

function defaultResolution(module: string, [major = 0]: readonly number[]): string {
  if (NODE.includes(module)) return module;
  return module === 'preserve' || major >= TYPESCRIPT_BUNDLER ? 'bundler' : 'node10';
}

/** The installed version, or the lowest that the manifest allows. */
function typescriptOf(folder: string, { dependencies, devDependencies }: Manifest): readonly number[] {
  const file = 'node_modules/typescript/package.json';
  const installed = readOptional(join(folder, file), file);
  const range = devDependencies?.['typescript'] ?? dependencies?.['typescript'];
  const version = installed === undefined ? range : (parseJson(installed) as { readonly version?: string }).version;
  return numbersOf(version) ?? [Number.POSITIVE_INFINITY];
}

/** npm would not install a CDK that is older than the package allows. */
function requireCdk({ dependencies, devDependencies }: Manifest, { peers }: Versions): void {
  for (const [name, peer] of Object.entries(peers)) {
    const range = dependencies?.[name] ?? devDependencies?.[name];
    const [major = 0, minor = 0, patch = 0] = numbersOf(peer) ?? [];
    const [ownMajor, ownMinor = 0, ownPatch = 0] = numbersOf(range) ?? [];
    if (range === undefined || ownMajor === undefined) continue;
    const isLower = ownMinor < minor || (ownMinor === minor && ownPatch < patch);
    if (ownMajor === major && (!isLower || range.startsWith('^') || range.startsWith('>='))) continue;
    throw wrong(
      'package.json',
      `${name} ${range}`,
      `${name} ${peer}`,
      `Update it: npm install ${name}@${peer.replace('^', '')}.`,
    );
  }
}

function numbersOf(version: string | undefined): readonly number[] | undefined {
  const [, ...numbers] = /^\D{0,3}(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? [];
  return numbers.length === 0 ? undefined : numbers.map((number) => Number(number ?? 0));
}

function wrong(location: string, found: string, expected: string, fix: string) {
  return unusableFolder({ location, found, expected, fix: `${fix} Nothing was written.` });
}
