import { Duration, Validations } from 'aws-cdk-lib';
import { AccountRecovery, CfnUserPoolGroup, FeaturePlan, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { TIER_GROUP } from '../../definition/stackOutputs.ts';
import { type Removal, statePolicy } from '../removal/removal.ts';
import type { CognitoOptions } from './options.ts';
import { MODES, respondToRisks } from './threatProtection.ts';

const SHORTEST_PASSWORD = 14;
const PASSWORD_HISTORY = 12;

/** A user pool in which only administrators create users, with a group for each role and each tier. */
export function createUserPool(scope: Construct, api: Api, options: CognitoOptions, removal: Removal): UserPool {
  const { threatProtection } = options;
  const userPool = new UserPool(scope, 'UserPool', {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    // A stolen session must not move the account to another address before that address is verified.
    keepOriginal: { email: true },
    // Rotation of refresh tokens and the trigger for machines need ESSENTIALS; PLUS, which costs more, is left to the team.
    ...(threatProtection === undefined
      ? { featurePlan: FeaturePlan.ESSENTIALS }
      : { featurePlan: FeaturePlan.PLUS, standardThreatProtectionMode: MODES[threatProtection] }),
    mfa: options.mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    // Text messages can be redirected by moving a phone number.
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: SHORTEST_PASSWORD,
      requireDigits: true,
      requireLowercase: true,
      requireSymbols: true,
      requireUppercase: true,
      passwordHistorySize: PASSWORD_HISTORY,
      tempPasswordValidity: Duration.days(1),
    },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    deletionProtection: removal === 'protect',
    removalPolicy: statePolicy(removal),
  });
  acknowledge(userPool, options);
  if (threatProtection !== undefined) respondToRisks(scope, userPool, options);
  for (const role of Object.keys(api.roles.byName)) {
    addGroup(scope, userPool, {
      id: `Group${role}`,
      name: role,
      description: `Members have the role ${role} of ${api.name}`,
    });
  }
  for (const tier of Object.keys(api.tiers)) {
    const description = `Members are of the tier ${tier} of ${api.name}`;
    addGroup(scope, userPool, { id: `Tier${tier}`, name: `${TIER_GROUP}${tier}`, description });
  }
  return userPool;
}

function acknowledge(userPool: UserPool, { mfa, threatProtection }: CognitoOptions): void {
  if (threatProtection === undefined) {
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason: 'PLUS costs for each user; ESSENTIALS has what the API relies on, such as rotation of refresh tokens.',
    });
  }
  if (mfa === 'required') return;
  Validations.of(userPool).acknowledge({
    id: 'AwsSolutions-COG2',
    reason: "The team decides who needs a second factor: mfa: 'required' requires it for every user.",
  });
}

interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

function addGroup(scope: Construct, userPool: UserPool, { id, name, description }: Group): void {
  new CfnUserPoolGroup(scope, id, { userPoolId: userPool.userPoolId, groupName: name, description });
}
