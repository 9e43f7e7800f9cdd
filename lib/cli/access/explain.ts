import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type Claims, type Explanation, explainAccess, quoted } from '../../access/index.ts';
import type { Api, Route } from '../../definition/api.ts';
import { ConfigError } from '../../definition/errors.ts';
import { DEFINITION_OPTION, loadReviewable } from '../definition.ts';
import { EXIT } from '../exitCodes.ts';
import { print } from '../output.ts';

interface ExplainOptions {
  readonly definition?: string;
  readonly token: string;
  readonly route: string;
  readonly rolesClaim?: string;
  readonly json?: boolean;
}

/** Where Cognito and most others write roles; the first that a token has is read. */
const ROLE_CLAIMS = ['roles', 'cognito:groups'] as const;
/** Characters of a claim that are shown. */
const LONGEST_SHOWN = 120;
const SIGNS = { pass: '✓', fail: '✗', note: '·' } as const;
const UNPROVEN = 'The signature was not checked: whoever wrote the file may have written anything.';

/** `secure-api access explain`: the decision for a token and a route, step by step. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('walk the decision for a token and a route, step by step')
    .requiredOption('--token <file>', 'file that holds the token; - reads it from stdin')
    .requiredOption('--route <name>', 'name of the route, or "METHOD /path/{template}"')
    .option(...DEFINITION_OPTION)
    .option('--roles-claim <name>', `claim that lists the roles (default: ${ROLE_CLAIMS.join(' or ')})`)
    .option('--json', 'print { route, status, steps, claims, signatureChecked } as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ secure-api access explain --token token.txt --route deleteDocument
  $ secure-api token --role editor | secure-api access explain --token - --route deleteDocument

The token is decoded, not verified: nothing is asked of its issuer, and it is never printed.`,
    )
    .action(async (options: ExplainOptions) => {
      const api = await loadReviewable(options.definition);
      const route = routeOf(api, options.route);
      const claims = claimsOf(readToken(options.token), options.token);
      const rolesClaim =
        options.rolesClaim ?? ROLE_CLAIMS.find((name) => Object.hasOwn(claims, name)) ?? ROLE_CLAIMS[0];
      const told = explainAccess(api, route, claims, { rolesClaim, at: Date.now() / 1000 });
      print(options.json === true ? jsonOf(told, claims) : stringOf(told, claims));
      if (told.status !== 200) process.exitCode = EXIT.failure;
    });
}

function routeOf(api: Api, name: string): Route {
  const routes = Object.values(api.routes);
  const found = routes.find(({ id, method, path }) => id === name || `${method} ${path}` === name);
  if (found !== undefined) return found;
  throw wrong('--route', name, `one of ${routes.map(({ id }) => id).join(', ')}`, 'Mend the spelling.');
}

function readToken(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
      .trim()
      .replace(/^bearer +/i, '');
  } catch {
    throw new ConfigError({
      code: 'file-unreadable',
      location: '--token',
      found: `no file ${file}`,
      expected: 'a file that holds a token',
      fix: 'Check the path, or pipe the token in and write --token -.',
    });
  }
}

/** The message never holds a part of what was read: it may be a token after all. */
function claimsOf(token: string, file: string): Claims {
  const parts = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (parts.length === 3 && typeof claims === 'object' && claims !== null) return claims as Claims;
  } catch {
    // Told below: it is no JWT.
  }
  throw new ConfigError({
    code: 'file-unreadable',
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
  const end = { 200: 'The caller may.', 401: 'The caller may not: 401.', 403: 'The caller may not: 403.' }[status];
  const lines = steps.map(({ result, sentence }) => `  ${SIGNS[result]} ${sentence}`);
  return [`Token: ${named.join(', ') || 'no claim that names its holder'}`, UNPROVEN, '', ...lines, '', end].join('\n');
}

function shown(value: unknown): string {
  const text = quoted(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return new ConfigError({ code: 'option-invalid', location, found, expected, fix });
}
