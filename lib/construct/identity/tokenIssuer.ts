import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { TokenIssuer } from '../../definition/tokenIssuer.ts';
import type { FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import type { Removal } from '../removal/removal.ts';

/** What an identity is bound to, and what its function has, if it needs one. */
export interface IdentityContext extends FunctionProps {
  /** Encrypts the secrets of the identity. */
  readonly encryptionKey: Key;
  readonly removal: Removal;
  /** The trigger that Cognito calls before it issues a token. */
  readonly pretoken: FunctionBundle;
}

/** How people sign in to an issuer that the stack has. */
export interface SignIn {
  readonly issuer: string;
  /** The public client of their apps. */
  readonly clientId: string;
  /** The host of the sign-in page and of the token endpoint. @default - the identity has none */
  readonly url?: string;
  /** Where the page redirects to. */
  readonly callbackUrls: readonly string[];
}

/** What an identity brings into a stack. */
export interface BoundIdentity {
  readonly source: TokenIssuer;
  readonly userPool?: UserPool;
  /** Whether Cognito assesses the risk of each sign-in to the pool. @default - no */
  readonly assesses?: boolean;
  readonly signIn?: SignIn;
  /** The ids of its machine clients, by their names. */
  readonly machineClients?: Readonly<Record<string, string>>;
  /** A function that the identity adds; it is monitored with the others. */
  readonly trigger?: LambdaFunction;
  /** Lets the authorizer read what the issuer names, such as a secret. */
  grantTo?(authorizer: IGrantable): void;
}

/** Access tokens that live longer cannot be withdrawn in time (RFC 9700, section 2.2: short-lived tokens). */
export const DEFAULT_LIFETIME_SECONDS = 3600;
/** What synchronized clocks differ by at most. */
export const CLOCK_TOLERANCE_SECONDS = 5;
