import { Fn, Stack, Token } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  type UserPool,
  type UserPoolClient,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import { wrong } from '../identity/invalidIdentity.ts';
import type { CognitoOptions } from './options.ts';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html */
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Cognito rejects prefixes that contain these names. */
const RESERVED = /aws|amazon|cognito/;
/** Of 63 characters, 36 are the id of the stack, 8 a hash, and 2 separate them. */
const LONGEST_READABLE = 17;
const HASH_LENGTH = 8;

/**
 * The managed sign-in page, in Cognito's default style: without a style there is no page. The domain is also the host of
 * the token endpoint, so machine clients need it, too.
 *
 * @returns The URL of the domain, unless the options switch it off.
 * @throws {ConfigError} `identity-invalid` for a prefix that Cognito would reject.
 */
export function addSignIn(
  scope: Construct,
  { userPool, client }: { readonly userPool: UserPool; readonly client: UserPoolClient },
  signIn: CognitoOptions['signIn'] = { prefix: uniquePrefix(scope) },
): string | undefined {
  if (signIn === false) return undefined;
  const domain = addDomain(userPool, signIn);
  new CfnManagedLoginBranding(scope, 'SignInStyle', {
    userPoolId: userPool.userPoolId,
    clientId: client.userPoolClientId,
    useCognitoProvidedValues: true,
  });
  const { region } = Stack.of(scope);
  // GovCloud has the FIPS host alone. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
  return domain.baseUrl({ fips: !Token.isUnresolved(region) && region.startsWith('us-gov-') });
}

function addDomain(userPool: UserPool, signIn: Exclude<CognitoOptions['signIn'], false | undefined>): UserPoolDomain {
  const managedLoginVersion = ManagedLoginVersion.NEWER_MANAGED_LOGIN;
  if (!('prefix' in signIn)) {
    const { domainName, certificate } = signIn;
    requireHost(domainName);
    return userPool.addDomain('SignIn', { customDomain: { domainName, certificate }, managedLoginVersion });
  }
  requirePrefix(signIn.prefix);
  return userPool.addDomain('SignIn', { cognitoDomain: { domainPrefix: signIn.prefix }, managedLoginVersion });
}

/**
 * A prefix that no other stack can have: prefixes are unique over all accounts of a region. It ends in the UUID of the stack,
 * which no other account and region has, and not in the account, which would then stand in a public host name. Neither it nor the
 * hash of the location changes with an update, also when the definition is renamed: another prefix would replace the domain.
 * docs/adr/0026-sign-in.md has the alternatives.
 */
function uniquePrefix(scope: Construct): string {
  // The last two are parts of `SecureApi`.
  const path = scope.node.path.split('/').slice(0, -2).join('-').toLowerCase();
  // A hyphen in place of a reserved word forms no other one.
  const words = path.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(new RegExp(RESERVED, 'g'), '-');
  const readable = words.replaceAll(/-+/g, '-').replace(/^-/, '').slice(0, LONGEST_READABLE).replace(/-$/, '');
  const hash = scope.node.addr.slice(-HASH_LENGTH);
  const stackUuid = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  return [...(readable === '' ? [] : [readable]), hash, stackUuid].join('-');
}

/** A host name, without a scheme or a path. */
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

function requireHost(domainName: string): void {
  if (Token.isUnresolved(domainName) || HOST.test(domainName)) return;
  const expected = 'a host name in lower case, such as login.example.com';
  throw wrong('signIn.domainName', formatValue(domainName), expected, 'Write the host name alone.');
}

function requirePrefix(prefix: string): void {
  if (Token.isUnresolved(prefix) || (PREFIX.test(prefix) && !RESERVED.test(prefix))) return;
  const expected = '1–63 lower case letters, digits and -, without aws, amazon or cognito';
  throw wrong(
    'signIn.prefix',
    formatValue(prefix),
    expected,
    'Choose another prefix, which nobody else uses in the region, or leave signIn out.',
  );
}
