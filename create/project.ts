import { basename } from 'node:path';
import { formatValue } from '../lib/definition/checks/check.ts';
import { invalidOption, missingOption } from './errors.ts';
import {
  checkField,
  IDENTITIES,
  type IdentityChoice,
  type IdentityField,
  isIdentityName,
  kindOf,
} from './identities.ts';

/** What the command line or the answers say; everything may be missing. */
export type ProjectInput = Readonly<
  Partial<Record<'name' | 'identity' | 'domain' | 'zone' | 'zoneName' | IdentityField, string>>
>;

/** What a project is made of. */
export interface Project {
  /** Name of the API and of the package. */
  readonly name: string;
  readonly identity: IdentityChoice;
  readonly domain?: ProjectDomain;
}

/** A domain of the API, and the hosted zone of its records. */
export interface ProjectDomain {
  readonly name: string;
  readonly zoneId: string;
  readonly zoneName: string;
}

/** As `defineApi` accepts names; all of these are names of packages, too. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html */
const ZONE_ID = /^Z[A-Z0-9]{1,31}$/;
/** A package of this name could not depend on the package. */
const TAKEN = [
  'secure-api',
  'secure-api-local',
  'aws-cdk-lib',
  'aws-cdk',
  'constructs',
  'typebox',
  'typescript',
  'node',
];

/** The name that a folder suggests. */
export function suggestedName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' || TAKEN.includes(name) ? 'my-api' : name;
}

/**
 * Checks the input and fills in what is missing.
 *
 * @throws {ConfigError} `option-invalid` or `option-missing`, with the option.
 */
export function projectOf(input: ProjectInput, folder: string): Project {
  const domain = domainOf(input);
  return {
    name: checkName(input.name ?? suggestedName(folder)),
    identity: identityOf(input),
    ...(domain === undefined ? {} : { domain }),
  };
}

/** @throws {ConfigError} `option-invalid`. */
export function checkName(name: string): string {
  if (NAME.test(name) && !TAKEN.includes(name)) return name;
  throw invalidOption({
    location: '--name',
    found: formatValue(name),
    expected: TAKEN.includes(name)
      ? 'another name than that of a package that the project uses'
      : 'lower case letters, digits and "-", starting with a letter, at most 40 characters',
    fix: 'Choose another name, such as my-api. It becomes part of resources, metrics and the audience of tokens.',
  });
}

/** @throws {ConfigError} `option-invalid`. */
export function checkDomain(domain: string): string {
  return checked('--domain', domain, HOST, 'a host name in lower case', 'Write it as api.example.com.');
}

/** @throws {ConfigError} `option-invalid`. */
export function checkZone(zone: string): string {
  const fix = 'Copy the id of the hosted zone: aws route53 list-hosted-zones-by-name --dns-name example.com.';
  return checked('--zone', zone, ZONE_ID, 'the id of a hosted zone, such as Z0123456789ABCDEFGHIJ', fix);
}

/** The parent of a host name, where its hosted zone usually is. */
export function parentOf(domain: string): string {
  const parent = domain.slice(domain.indexOf('.') + 1);
  return parent.includes('.') ? parent : domain;
}

function identityOf(input: ProjectInput): IdentityChoice {
  const { identity: name = 'cognito' } = input;
  if (!isIdentityName(name)) {
    throw invalidOption({
      location: '--identity',
      found: formatValue(name),
      expected: `one of ${Object.keys(IDENTITIES).join(', ')}`,
      fix: 'Choose oidc for a provider that is not listed.',
    });
  }
  const { fields } = kindOf(name);
  const values = fields.map((field) => {
    const value = input[field.name];
    if (value !== undefined) return [field.name, checkField(field, value)] as const;
    throw missingOption({
      location: `--${field.name}`,
      found: `no such option with --identity ${name}`,
      expected: `${field.question}, such as ${field.example}`,
      fix: `Give --${field.name} ${field.example}, or run the command in a terminal, where it asks.`,
    });
  });
  rejectOthers(
    input,
    name,
    fields.map((field) => field.name),
  );
  return { name, values: Object.fromEntries(values) };
}

/** A value that no code would use is a mistake. */
function rejectOthers(input: ProjectInput, identity: string, used: readonly IdentityField[]): void {
  const all = Object.values(IDENTITIES).flatMap(({ fields }) => fields.map((field) => field.name));
  const other = all.find((name) => input[name] !== undefined && !used.includes(name));
  if (other === undefined) return;
  throw invalidOption({
    location: `--${other}`,
    found: `the option with --identity ${identity}`,
    expected: used.length === 0 ? 'none of the options of a provider' : used.map((name) => `--${name}`).join(', '),
    fix: `Leave --${other} out, or choose another --identity.`,
  });
}

function domainOf({ domain, zone, zoneName }: ProjectInput): ProjectDomain | undefined {
  if (domain === undefined && zone === undefined && zoneName === undefined) return undefined;
  if (domain === undefined || zone === undefined) {
    const missing = domain === undefined ? '--domain' : '--zone';
    throw missingOption({
      location: missing,
      found: domain === undefined ? 'a hosted zone without a domain' : 'a domain without its hosted zone',
      expected: '--domain and --zone together',
      fix: 'Give both: --domain api.example.com --zone Z0123456789ABCDEFGHIJ.',
    });
  }
  const name = checkDomain(domain);
  const parent = checkZoneName(zoneName ?? parentOf(name), name);
  return { name, zoneId: checkZone(zone), zoneName: parent };
}

export function checkZoneName(zoneName: string, domain: string): string {
  const expected = `${domain}, or a domain above it`;
  checked('--zone-name', zoneName, HOST, expected, 'Write it as example.com.');
  if (domain === zoneName || domain.endsWith(`.${zoneName}`)) return zoneName;
  const fix = 'Name the hosted zone that has the records of the domain.';
  throw invalidOption({ location: '--zone-name', found: formatValue(zoneName), expected, fix });
}

function checked(location: string, value: string, pattern: RegExp, expected: string, fix: string): string {
  if (pattern.test(value)) return value;
  throw invalidOption({ location, found: formatValue(value), expected, fix });
}
