import { environmentOf, readyAccount } from './awsAccount.ts';
import { type AwsEndpoint, awsEndpoint, type Responses } from './awsEndpoint.ts';
import { root } from './folders.ts';
import { cli } from './gateway.ts';

/** A finding, as `--json` prints it. */
export interface PrintedFinding {
  readonly severity: string;
  readonly code: string;
  readonly check: string;
  readonly found: string;
  readonly expected?: string;
  readonly fix?: string;
  readonly action?: string;
}

/** What a run of `secure-api preflight` left. */
export interface PreflightRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly calls: AwsEndpoint['calls'];
  /** The findings of a run with `--json`. */
  findings(): readonly PrintedFinding[];
  /** The codes of its problems, sorted. */
  problems(): readonly string[];
}

/** Runs `secure-api preflight` against an account that differs from a ready one. */
export async function preflightOf(
  args: readonly string[],
  responses: Responses = {},
  {
    cwd = root,
    environment = {},
  }: { readonly cwd?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<PreflightRun> {
  await using endpoint = await awsEndpoint({ ...readyAccount, ...responses });
  const variables = { ...environmentOf(endpoint.url), ...environment };
  const result = await cli(['preflight', ...args], cwd, undefined, '', variables);
  const findings = (): readonly PrintedFinding[] => JSON.parse(result.stdout).findings;
  const isProblem = ({ severity }: PrintedFinding) => severity === 'error' || severity === 'warning';
  return {
    ...result,
    calls: endpoint.calls,
    findings,
    problems: () =>
      findings()
        .filter(isProblem)
        .map(({ code }) => code)
        .sort(),
  };
}
