/** What a check says: the deployment fails or the API does not work, it may surprise, all is well, or nobody knows. */
export type Severity = 'error' | 'warning' | 'ok' | 'unchecked';

/** Every code of a problem with its meaning. `docs/preflight.md` is generated from it. */
export const PREFLIGHT_CODES = {
  'account-other': 'The credentials belong to another account than the one that the app fixes for the stack.',
  'account-rate-other': "The account rate that the synth used is not the account's.",
  'account-rate-unset': 'The synth does not know the account rate.',
  'bootstrap-missing': 'The account has no bootstrap stack of the CDK in the region.',
  'bootstrap-outdated': 'The bootstrap stack is older than the deployment needs.',
  'certificate-authority-forbidden': 'The CAA records of the domain do not allow Amazon to issue a certificate.',
  'certificate-expiring': 'A certificate expires within 30 days, or its renewal has failed.',
  'certificate-other-name': 'A certificate does not cover the host name.',
  'certificate-pending': 'A certificate waits for the record that validates it.',
  'certificate-region': 'A certificate is in a region where its service does not look for it.',
  'certificate-unusable': 'A certificate does not exist, has expired, or was not issued.',
  'concurrency-low': 'Fewer than 100 instances of functions can run at once, as in many new accounts.',
  'concurrency-reserved':
    'The reservations of the template leave fewer than 100 instances for other functions: Lambda rejects them.',
  'context-missing': 'A lookup of the CDK is not in `cdk.context.json`.',
  'domain-taken': 'API Gateway already serves the host name for something else.',
  'log-role-missing': 'API Gateway has no role to write logs.',
  'name-taken': 'A resource with a fixed name exists already, often retained from an earlier stack.',
  'quota-exceeded': 'A quota has no room for the deployment.',
  'quota-near': 'More than 90% of a quota is used.',
  'record-taken': 'The hosted zone already has a record that the stack creates.',
  'region-without-type': 'CloudFormation does not have a resource type in the region.',
  'sign-in-domain-taken': 'Another user pool has the domain of the sign-in page.',
  'stack-blocked': 'The deployed stack is in a state that accepts no update.',
  'stack-busy': 'An operation on the deployed stack is in progress.',
  'subscription-missing':
    'An e-mail subscription of the alarm topic does not exist: it was never confirmed, or was cancelled.',
  'subscription-pending': 'Nobody has confirmed an e-mail subscription of the alarm topic.',
  'throttle-above-account': 'A limit is above the throttle of the account, so it never takes effect.',
  'tiers-above-share': 'The tiers together leave no headroom under the throttle of the account.',
  'validation-by-hand': 'A certificate waits for a record at another DNS provider, and the deployment with it.',
  'web-acl-capacity': 'The web ACL needs more capacity than WAF allows, or than its base price includes.',
  'zone-missing': 'The hosted zone does not exist, or its lookup finds several.',
  'zone-not-delegated': 'The public DNS does not use the name servers of the hosted zone.',
  'zone-other-domain': 'The hosted zone does not contain the host name.',
  'zone-private': 'The hosted zone is private.',
} as const;

/** A code of {@link PREFLIGHT_CODES}. */
export type PreflightCode = keyof typeof PREFLIGHT_CODES;

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
