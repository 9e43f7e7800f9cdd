import { identityCode } from './identities.ts';
import type { Project } from './project.ts';
import type { Files } from './template.ts';
import type { Versions } from './versions.ts';

/** What the machine adds to a project. */
export interface Environment {
  /** Day of the first review of roles, such as `2026-11-01`. */
  readonly today: string;
  /** Version of the npm package `node`, where the Node.js of this machine is too old. */
  readonly node?: string;
}

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Returns the files of a new project: those of the template, with what the project has instead. */
export function projectFiles(template: Files, project: Project, versions: Versions, environment: Environment): Files {
  return Object.fromEntries(
    Object.entries(template).map(([path, content]) => [
      path,
      path === 'package.json'
        ? manifestOf(content, project, versions, environment)
        : templateFile(path, content, project, environment),
    ]),
  );
}

/** Returns a file of the template, with what the project has instead. */
export function templateFile(path: string, content: string, project: Project, { today }: Environment): string {
  const { name } = project;
  switch (path) {
    case 'definition.ts':
      return substitute(content, [
        ["name: 'my-api'", `name: '${name}'`],
        ["reviewed: '2026-11-01'", `reviewed: '${today}'`],
      ]);
    case 'app.ts':
      return substitute(content, [
        ["'MyApi'", `'${stackId(name)}'`],
        ['The API my-api', `The API ${name}`],
      ]);
    case 'README.md':
      return substitute(content, [['# my-api\n', `# ${name}\n`]]);
    case 'stack.ts':
      return stackFile(content, project);
    default:
      return content;
  }
}

/** The id of the stack: `my-api` becomes `MyApi`. */
export function stackId(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function stackFile(content: string, { identity, domain }: Project): string {
  const withIdentity = substitute(content, [['Identity.cognito()', identityCode(identity)]]);
  if (domain === undefined) return withIdentity;
  const zone = `HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: '${domain.zoneId}', zoneName: '${domain.zoneName}' })`;
  return substitute(withIdentity, [
    ['import type { Construct }', "import { HostedZone } from 'aws-cdk-lib/aws-route53';\nimport type { Construct }"],
    ['    const secureApi =', `    const zone = ${zone};\n    const secureApi =`],
    ['      // Alarms', `      domain: { name: '${domain.name}', zone },\n      // Alarms`],
  ]);
}

/** The manifest with exact versions, in the order of the template. */
function manifestOf(content: string, { name }: Project, versions: Versions, { node }: Environment): string {
  const manifest = JSON.parse(content) as Manifest;
  const exact = (names: readonly string[]) =>
    Object.fromEntries(names.map((one) => [one, versions.packages[one] ?? missing(one)]));
  const tools = Object.keys(manifest.devDependencies);
  const scripts = versions.scripts.filter((one) => one !== 'node' || node !== undefined);
  const whole = {
    ...manifest,
    name,
    dependencies: exact(Object.keys(manifest.dependencies)),
    devDependencies: exact(node === undefined ? tools : [...tools, 'node'].sort()),
    allowScripts: Object.fromEntries(scripts.map((one) => [one, true])),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function missing(name: string): never {
  throw new Error(`The template uses ${name}, of which no version is known.`);
}

/** Replaces texts that are there exactly once, so that a changed template fails its tests and no project. */
function substitute(content: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    const [before, after, ...more] = text.split(from);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`The template has ${JSON.stringify(from)} not exactly once.`);
    }
    return `${before}${to}${after}`;
  }, content);
}
