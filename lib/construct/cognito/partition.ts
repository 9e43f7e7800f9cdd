import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { wrong } from '../identity/invalidIdentity.ts';
import type { CognitoOptions } from './options.ts';

/**
 * Rejects what Cognito does not have in the partition of the stack. Without a region in `env` the partition is unknown, and the
 * deployment rejects it.
 *
 * @throws {ConfigError} `identity-invalid` in the regions of China, which have no user pools (as `AWS::Cognito::UserPool` is in
 * no resource specification of theirs), and for a custom sign-in domain in AWS GovCloud.
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function requireInPartition(scope: Construct, { signIn }: CognitoOptions): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) return;
  if (region.startsWith('cn-')) {
    const fix = 'Use Identity.oidc() with a provider of yours.';
    throw wrong('', `Identity.cognito() in ${region}`, 'a region with Cognito user pools', fix);
  }
  if (region.startsWith('us-gov-') && signIn && 'domainName' in signIn) {
    const fix = "Use signIn: { prefix: '…' }, or leave signIn out.";
    throw wrong('signIn.domainName', `a custom domain in ${region}`, 'a prefix: GovCloud has no custom domains', fix);
  }
}
