/** What a check says: the deployment fails or the API does not work, it may surprise, all is well, or nobody knows. */
export type Severity = 'error' | 'warning' | 'ok' | 'unchecked';

/** Every code of a finding. `docs/deploy.md` has a row for each. */
export type PreflightCode =
  | 'account-other'
  | 'account-rate-other'
  | 'account-rate-unset'
  | 'bootstrap-missing'
  | 'bootstrap-outdated'
  | 'certificate-expiring'
  | 'certificate-other-name'
  | 'certificate-pending'
  | 'certificate-region'
  | 'certificate-unusable'
  | 'certificate-authority-forbidden'
  | 'concurrency-low'
  | 'concurrency-reserved'
  | 'context-missing'
  | 'domain-taken'
  | 'log-role-missing'
  | 'name-taken'
  | 'quota-exceeded'
  | 'quota-near'
  | 'record-taken'
  | 'region-without-type'
  | 'sign-in-domain-taken'
  | 'stack-blocked'
  | 'stack-busy'
  | 'subscription-missing'
  | 'subscription-pending'
  | 'throttle-above-account'
  | 'tiers-above-share'
  | 'web-acl-capacity'
  | 'zone-missing'
  | 'zone-not-delegated'
  | 'zone-other-domain'
  | 'zone-private';

/** One result of a check. Its strings can contain names of the account: print them with {@link printable}. */
export interface Finding {
  readonly severity: Severity;
  /** The code of a problem; `ok` and `unchecked` have none of their own. */
  readonly code: PreflightCode | 'ok' | 'unchecked';
  /** What was checked, such as `CDK bootstrap`. */
  readonly check: string;
  readonly found: string;
  readonly expected?: string;
  /** Commands for a shell, one a line, or what to change where. */
  readonly fix?: string;
  /** The IAM action without which nothing could be checked. */
  readonly action?: string;
}

/** A problem that a check found. */
export interface Problem {
  readonly code: PreflightCode;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** Reports what makes the deployment fail, or the deployed API not work. */
export function error(problem: Problem): Omit<Finding, 'check'> {
  return { severity: 'error', ...problem };
}

/** Reports what does not stop the deployment. */
export function warning(problem: Problem): Omit<Finding, 'check'> {
  return { severity: 'warning', ...problem };
}

/** Reports that a check found no problem. */
export function ok(found: string): Omit<Finding, 'check'> {
  return { severity: 'ok', code: 'ok', found };
}

/** A word for a POSIX shell. Names of the account can contain anything. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Text that cannot control a terminal: control, bidirectional and invisible characters become escapes. Line ends stay. */
export function printable(text: string): string {
  const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return text.replaceAll(/[^\P{C}\n]|[\u2028\u2029]/gu, escaped);
}
