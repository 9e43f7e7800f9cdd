import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Claims, type Explanation, explainAccess, quoted } from '../../access/index.ts';
import type { Api, Route } from '../../definition/api.ts';
import { EXIT } from '../exitCodes.ts';
import { DEFINITION_OPTION, loadReviewable } from '../loadDefinition.ts';
import { invalidOption, unreadable, withExamples } from '../options.ts';
import { print } from '../output.ts';

interface ExplainOptions {
  readonly definition?: string;
  readonly token: string;
  readonly route: string;
  readonly rolesClaim?: string;
  readonly claimName: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

/** Claims in which Cognito and most other issuers list roles; the first that a token has is used. */
const ROLE_CLAIMS = ['roles', 'cognito:groups'] as const;
/** Characters of a claim that are printed. */
const MAX_SHOWN = 120;
const SIGNS = { pass: '✓', fail: '✗', note: '·' } as const;
const UNPROVEN = 'The signature was not checked, so the claims can be forged.';

const NOTES = `
The token is decoded, not verified: its issuer is not called. The token is never printed.`;

/** `secure-api access explain`: the decision for a token and a route, step by step. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('explain the decision for a token and a route, step by step')
    .requiredOption('--token <file>', 'file that holds the token; - reads it from stdin')
    .requiredOption('--route <name>', 'name of the route, or "METHOD /path/{template}"')
    .option(...DEFINITION_OPTION)
    .option('--roles-claim <name>', `claim that lists the roles (default: ${ROLE_CLAIMS.join(' or ')})`)
    .addOption(
      new Option('--claim-name <name=claim...>', 'what tokens call a claim of the definition, such as tenant=org_id')
        .argParser(claimName)
        .default({}, 'the name in the definition'),
    )
    .option('--json', 'print { route, status, steps, claims, signatureChecked } as JSON')
    .action(async (options: ExplainOptions) => {
      const api = await loadReviewable(options.definition);
      const route = routeOf(api, options.route);
      const claims = claimsOf(readToken(options.token), options.token);
      const rolesClaim =
        options.rolesClaim ?? ROLE_CLAIMS.find((name) => Object.hasOwn(claims, name)) ?? ROLE_CLAIMS[0];
      const explanation = explainAccess(api, route, claims, {
        rolesClaim,
        claimNames: options.claimName,
        at: Date.now() / 1000,
      });
      print(options.json === true ? jsonOf(explanation, claims) : stringOf(explanation, claims));
      if (explanation.status !== 200) process.exitCode = EXIT.failure;
    });
  return withExamples(
    command,
    'secure-api access explain --token token.txt --route deleteDocument',
    'secure-api token --role editor | secure-api access explain --token - --route deleteDocument',
  ).addHelpText('after', NOTES);
}

function claimName(value: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, inToken] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === undefined || inToken === undefined)
    throw new InvalidArgumentError('expected two names, such as tenant=org_id.');
  return { ...before, [name]: inToken };
}

function routeOf(api: Api, name: string): Route {
  const routes = Object.values(api.routes);
  const found = routes.find(({ id, method, path }) => id === name || `${method} ${path}` === name);
  if (found !== undefined) return found;
  throw invalidOption({
    location: '--route',
    found: name,
    expected: `one of ${routes.map(({ id }) => id).join(', ')}`,
    fix: 'Fix the spelling.',
  });
}

function readToken(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
      .trim()
      .replace(/^bearer +/i, '');
  } catch {
    throw unreadable({
      location: '--token',
      found: `no file ${file}`,
      expected: 'a file that holds a token',
      fix: 'Check the path, or pipe the token in and write --token -.',
    });
  }
}

/** The message never holds a part of what was read, because it can be a token. */
function claimsOf(token: string, file: string): Claims {
  const parts = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (parts.length === 3 && typeof claims === 'object' && claims !== null) return claims as Claims;
  } catch {
    // Not a JWT: reported below.
  }
  throw unreadable({
    location: '--token',
    found: `something else in ${file}`,
    expected: 'a signed JWT in compact form (RFC 7515, section 7.1)',
    fix: 'Opaque and encrypted tokens cannot be decoded here.',
  });
}

const SHOWN = ['iss', 'sub', 'aud', 'client_id', 'tier'] as const;

function jsonOf({ route, status, steps }: Explanation, claims: Claims): string {
  const shown = Object.fromEntries(SHOWN.map((name) => [name, claims[name]]));
  return JSON.stringify({ route, status, steps, claims: shown, signatureChecked: false }, null, 2);
}

function stringOf({ status, steps }: Explanation, claims: Claims): string {
  const named = SHOWN.filter((name) => claims[name] !== undefined).map((name) => `${name} ${shown(claims[name])}`);
  const end = { 200: 'Allowed.', 401: 'Denied: 401.', 403: 'Denied: 403.' }[status];
  const lines = steps.map(({ result, sentence }) => `  ${SIGNS[result]} ${sentence}`);
  return [`Token: ${named.join(', ') || 'no claim that identifies its holder'}`, UNPROVEN, '', ...lines, '', end].join(
    '\n',
  );
}

function shown(value: unknown): string {
  const string = quoted(value);
  return string.length > MAX_SHOWN ? `${string.slice(0, MAX_SHOWN)}…` : string;
}
