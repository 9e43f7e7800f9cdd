import {
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  type UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import { wrong } from '../identity/rules.ts';
import type { SignInDomain, SignInPrefix } from './options.ts';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html */
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Cognito rejects prefixes that contain these names. */
const RESERVED = /aws|amazon|cognito/;

/**
 * The managed sign-in page, in Cognito's default style: without a style there is no page. The domain is also the host of
 * the token endpoint.
 *
 * @throws {ConfigError} `identity-invalid` for a prefix that Cognito would reject.
 */
export function addSignIn(
  scope: Construct,
  { userPool, client }: { readonly userPool: UserPool; readonly client: UserPoolClient },
  signIn: SignInPrefix | SignInDomain,
): void {
  const managedLoginVersion = ManagedLoginVersion.NEWER_MANAGED_LOGIN;
  if ('prefix' in signIn) {
    requirePrefix(signIn.prefix);
    userPool.addDomain('SignIn', { cognitoDomain: { domainPrefix: signIn.prefix }, managedLoginVersion });
  } else {
    const { domainName, certificate } = signIn;
    userPool.addDomain('SignIn', { customDomain: { domainName, certificate }, managedLoginVersion });
  }
  new CfnManagedLoginBranding(scope, 'SignInStyle', {
    userPoolId: userPool.userPoolId,
    clientId: client.userPoolClientId,
    useCognitoProvidedValues: true,
  });
}

function requirePrefix(prefix: string): void {
  if (PREFIX.test(prefix) && !RESERVED.test(prefix)) return;
  const expected = '1–63 lower case letters, digits and -, without aws, amazon or cognito';
  throw wrong(
    'signIn.prefix',
    formatValue(prefix),
    expected,
    'Choose another prefix; it has to be unique in the region.',
  );
}
