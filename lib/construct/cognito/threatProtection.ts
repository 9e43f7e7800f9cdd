import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnUserPoolRiskConfigurationAttachment, StandardThreatProtectionMode } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { CognitoOptions, ThreatProtection } from './options.ts';

/** Sign-ins by custom challenges have a separate mode; no client of the pool has that flow. */
export const MODES: Readonly<Record<ThreatProtection, StandardThreatProtectionMode>> = {
  audit: StandardThreatProtectionMode.AUDIT_ONLY,
  enforce: StandardThreatProtectionMode.FULL_FUNCTION,
};

/**
 * What Cognito does about a risk: without it, the mode alone does nothing. A password that is known elsewhere is not accepted, and its user
 * has to choose another one. Nobody signs in at a high risk, and without a second factor nobody at a medium one; where the
 * pool requires it of everybody, there is no more to ask for. Cognito sends no mail about it: that needs an identity of SES.
 * It is there with `audit`, too, which ignores it, so that a change of the mode changes the pool alone.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AccountTakeoverActionType.html
 */
export function respondToRisks(scope: Construct, userPool: UserPool, { mfa }: Pick<CognitoOptions, 'mfa'>): void {
  const respond = (eventAction: 'BLOCK' | 'MFA_REQUIRED' | 'NO_ACTION') => ({ eventAction, notify: false });
  new CfnUserPoolRiskConfigurationAttachment(scope, 'RiskResponses', {
    userPoolId: userPool.userPoolId,
    clientId: 'ALL',
    compromisedCredentialsRiskConfiguration: { actions: { eventAction: 'BLOCK' } },
    accountTakeoverRiskConfiguration: {
      actions: {
        highAction: respond('BLOCK'),
        mediumAction: respond(mfa === 'required' ? 'NO_ACTION' : 'MFA_REQUIRED'),
        lowAction: respond('NO_ACTION'),
      },
    },
  });
}
