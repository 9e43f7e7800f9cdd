import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';

/** How the user pool of `Identity.cognito()` differs from its defaults. */
export interface CognitoOptions {
  /**
   * Where the sign-in page may send people back to: https URLs, or http on the loopback.
   * @default - a loopback address for native apps and development, `http://localhost:8400/callback`
   */
  readonly callbackUrls?: readonly string[];
  /**
   * Where it may send people after they signed out, by the same rule.
   * @default - nowhere
   */
  readonly logoutUrls?: readonly string[];
  /**
   * Host of the managed sign-in page and of the token endpoint: a prefix that is unique in the region, or a domain of yours
   * with its certificate in us-east-1.
   * @default - none is made; add a domain to `userPool` yourself
   */
  readonly signIn?: SignInPrefix | SignInDomain;
  /** Second factor by a one-time password app. @default - each user may set one up, nobody has to */
  readonly mfa?: 'required' | 'optional';
  /**
   * Programs that call the API in their own name (client credentials, RFC 6749, section 4.4), by name. Each has a secret of
   * its own, which Cognito makes. Needs `signIn`.
   * @default - none
   */
  readonly machineClients?: Readonly<Record<string, MachineClient>>;
}

/** `https://<prefix>.auth.<region>.amazoncognito.com`. */
export interface SignInPrefix {
  /** Lower case letters, digits and `-`, 1–63 characters. */
  readonly prefix: string;
}

/** A host name of yours. Its DNS record has to point to what Cognito gives the domain. */
export interface SignInDomain {
  readonly domainName: string;
  readonly certificate: ICertificate;
}

/** What a program may do. */
export interface MachineClient {
  /** Scopes of the definition. @default - none */
  readonly scopes?: readonly string[];
  /** Roles of the definition. @default - none */
  readonly roles?: readonly string[];
  /** @default - the definition's default tier */
  readonly tier?: string;
}
