import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';

/**
 * `audit` assesses each sign-in and counts the risks; `enforce` also responds to them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html
 */
export type ThreatProtection = 'audit' | 'enforce';

/** How the user pool of `Identity.cognito()` differs from its defaults. */
export interface CognitoOptions {
  /** Of a pool that exists already: its options are those of {@link ExistingPoolOptions}. */
  readonly userPool?: never;
  /**
   * URLs to which the sign-in page is allowed to redirect, 1–100, compared exactly: https, or http on the loopback.
   * `secure-api login` uses those on the loopback, so keep one of the default for it.
   * @default - loopback addresses, for `secure-api login` and other programs on the machine of the user:
   * `http://127.0.0.1:8400/callback`, and the same of the ports 8401 and 8402
   */
  readonly callbackUrls?: readonly string[];
  /**
   * URLs to which it is allowed to redirect after sign-out, by the same rule.
   * @default - none
   */
  readonly logoutUrls?: readonly string[];
  /**
   * Host of the managed sign-in page and of the token endpoint: a prefix that nobody else uses in the region, or a custom domain
   * with its certificate in us-east-1. `false` adds none: add a domain and a style to `userPool` yourself.
   * @default - a prefix that no other stack can have
   */
  readonly signIn?: SignInPrefix | SignInDomain | false;
  /** Second factor by a one-time password app. @default - optional for each user */
  readonly mfa?: 'required' | 'optional';
  /**
   * Cognito assesses each sign-in and password change of people: passwords that are known elsewhere, and signs that somebody took over
   * an account. `audit` counts the risks for the alarms `sign-in-risk` and `compromised-credentials`; `enforce` also
   * rejects such passwords and sign-ins of a high risk, and asks for a second factor at a medium one. Begin with `audit`
   * for two weeks, as AWS recommends.
   *
   * It moves the pool to the plan PLUS, which costs more for each user who is active in it and has no free tier: docs/identity/cognito.md
   * has the prices.
   * @default - no sign-in is assessed, and the plan is ESSENTIALS
   */
  readonly threatProtection?: ThreatProtection;
  /**
   * Programs that call the API in their own name (client credentials, RFC 6749, section 4.4), by name: 1–64 letters,
   * digits, `_` and `-`. Cognito generates a secret for each.
   * @default - none
   */
  readonly machineClients?: Readonly<Record<string, MachineClient>>;
}

/** `https://<prefix>.auth.<region>.amazoncognito.com`. */
export interface SignInPrefix {
  /** Lower case letters, digits and `-`, 1–63 characters, without `aws`, `amazon` and `cognito`. */
  readonly prefix: string;
}

/** A custom host name. Its DNS record has to point to the target that Cognito assigns to the domain. */
export interface SignInDomain {
  /** Host name in lower case, such as `login.example.com`. */
  readonly domainName: string;
  /** A certificate of us-east-1 that covers the name. */
  readonly certificate: ICertificate;
}

/** What a program is allowed to do: at least one scope or role. */
export interface MachineClient {
  /** Scopes of the definition. @default - none */
  readonly scopes?: readonly string[];
  /** Roles of the definition. @default - none */
  readonly roles?: readonly string[];
  /** A tier of the definition. @default - the definition's default tier */
  readonly tier?: string;
  /** Claims of the definition with their values, such as `{ tenant: 'acme', seats: '7', trial: 'false' }`. @default - none */
  readonly claims?: Readonly<Record<string, string>>;
}
