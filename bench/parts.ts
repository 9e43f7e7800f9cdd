import type { Row } from './row.ts';

/** What the names of the rows of each part of the bench begin with: a run is complete with a row of each. */
export const PARTS = {
  functions: [
    'authorizer, first response, keys in the bundle',
    'authorizer, first response, keys and secret read',
    'floor of a first response',
    'authorizer, first response, deny list',
    'authorizer, distinct ES256 tokens, against',
    'floor of distinct ES256 tokens, the signature alone, against',
    'authorizer, one ES256 token, against',
    'authorizer, one ES256 token, deny list',
    'handler, first response',
    'handler, POST',
    'authorizer, distinct ES256 tokens, all on one core',
    'floor of distinct ES256 tokens, the signature alone, all on one core',
    'authorizer, one ES256 token, all on one core',
  ],
  bundles: [
    'bundle of the authorizer for issuers of all kinds, against',
    'bundle of the authorizer for issuers of all kinds with',
    'bundle of the authorizer for published keys',
    'bundle of GET /health, against',
    'bundle of GET /health with',
  ],
  pipeline: ['pipeline'],
  growth: [
    'growth from 10 to 1,000 routes: authorizer',
    'growth from 10 to 1,000 routes: pipeline',
    'growth from 10 to 900 routes: local gateway',
    'authorizer, 50 roles and 1,000 routes: tokens with 5 roles of 1,000 sets',
    'authorizer, 50 roles and 1,000 routes: tokens with 5 roles in a new set',
    'authorizer, 100 roles and 1,000 routes: tokens with 50 roles in a new set',
  ],
  clients: [
    'growth from 1 to 10,000 clients with API keys: authorizer',
    'growth from 1 to 100,000 clients without API keys: authorizer',
  ],
  synth: ['synth: SecureApi'],
  dev: [
    'dev: warm start',
    'cdk synth: SecureApi of 10',
    'cdk synth: SecureApi of 300',
    'reload: a handler',
    'reload: the definition',
    'reload: the stack',
  ],
  gateway: ['local gateway'],
  memory: [
    'memory of the local gateway: at start',
    'memory of the local gateway: after a load',
    'memory of the local gateway: after a request to each',
  ],
  'source maps': ['source maps'],
  validators: ['validators of a route', 'validate an order', 'load a validator'],
  simulate: ['simulate'],
  'first hour': ['first hour'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Part = keyof typeof PARTS;

/** About what each part takes on a quiet machine of two cores, for the estimate of a run. */
export const SECONDS: Readonly<Record<Part, number>> = {
  functions: 95,
  bundles: 2,
  pipeline: 6,
  growth: 115,
  clients: 65,
  synth: 48,
  dev: 130,
  gateway: 25,
  memory: 27,
  'source maps': 6,
  validators: 6,
  simulate: 12,
  'first hour': 58,
};

/** What a run does not have: the start of the name of each row that is missing. */
export function missingRows(rows: readonly Row[]): readonly string[] {
  const starts: readonly string[] = Object.values(PARTS).flat();
  return starts.filter((start) => !rows.some(({ name }) => name.startsWith(start)));
}
