import { Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { KEYS_SECRET_CHARACTERS } from '../../../lambdas/shared/clientKey.ts';
import { statePolicy } from '../removal/removal.ts';
import type { IdentityContext } from './tokenIssuer.ts';

/** Props of {@link keysSecret}. */
export type KeysSecretProps = Pick<IdentityContext, 'api' | 'encryptionKey' | 'removal'>;

/** The secret part of the API keys. AWS generates it; no template contains it, and no person needs to know it. */
export function keysSecret(scope: Construct, { api, encryptionKey, removal }: KeysSecretProps): Secret {
  const secret = new Secret(scope, 'ClientKeys', {
    description: `The secret part of the API keys of ${api.name}`,
    encryptionKey,
    removalPolicy: statePolicy(removal),
    generateSecretString: { passwordLength: KEYS_SECRET_CHARACTERS, excludePunctuation: true, includeSpace: false },
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'A rotation also makes new API keys, which Secrets Manager cannot: the function of keyRotationDays does it on schedule.',
  });
  return secret;
}
