import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/folders.ts';

/** What varies between two projects that use the packages. */
export const PARTS = ['node', 'npm', 'typescript', 'aws-cdk-lib', 'constructs'] as const;
export type Part = (typeof PARTS)[number];

/** Versions as npm takes them, in the place of those of the example. */
export interface Combination {
  readonly name: string;
  readonly versions: Partial<Readonly<Record<Part, string>>>;
}

interface Manifest {
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const { engines, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** The oldest version in a range such as `^2.1.0` or `>=24`. */
function oldest(range: string | undefined): string {
  const [major, minor = '0', patch = '0'] = (range ?? '').replace(/^\D+/, '').split('.');
  return `${major}.${minor}.${patch}`;
}

const OLDEST = {
  node: oldest(engines.node),
  npm: '10',
  typescript: '5.9',
  'aws-cdk-lib': oldest(peerDependencies['aws-cdk-lib']),
  constructs: oldest(peerDependencies['constructs']),
} as const;
const NEWEST = {
  node: '26',
  npm: 'latest',
  typescript: 'latest',
  'aws-cdk-lib': 'latest',
  constructs: 'latest',
} as const;
const cdk = ({ 'aws-cdk-lib': library, constructs }: typeof OLDEST | typeof NEWEST) => ({
  'aws-cdk-lib': library,
  constructs,
});

/** One part at a time, then all of them. */
export const COMBINATIONS: readonly Combination[] = [
  { name: 'the example', versions: {} },
  { name: 'oldest Node', versions: { node: OLDEST.node } },
  { name: 'newest Node', versions: { node: NEWEST.node } },
  { name: 'oldest npm', versions: { npm: OLDEST.npm } },
  { name: 'newest npm', versions: { npm: NEWEST.npm } },
  { name: 'oldest TypeScript', versions: { typescript: OLDEST.typescript } },
  { name: 'TypeScript 6', versions: { typescript: '6' } },
  { name: 'oldest CDK', versions: cdk(OLDEST) },
  { name: 'newest CDK', versions: cdk(NEWEST) },
  { name: 'all oldest', versions: OLDEST },
  { name: 'all newest', versions: NEWEST },
];
