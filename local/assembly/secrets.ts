import type { SecretModel } from './model.ts';
import type { Resource, Scope } from './scope.ts';
import { isRecord, text } from './values.ts';

/** Every `AWS::SecretsManager::Secret` of a stack. */
export function readSecrets(scope: Scope): SecretModel[] {
  return scope.ofType('AWS::SecretsManager::Secret').map(readSecret);
}

/** The name is the ARN's last part without the hyphen and six characters that Secrets Manager adds. */
function readSecret({ ref, properties }: Resource): SecretModel {
  const { GenerateSecretString: generate } = properties;
  const value = text(properties['SecretString']);
  const name = ref.slice(ref.lastIndexOf(':secret:') + ':secret:'.length, -'-123456'.length);
  return {
    arn: ref,
    name,
    ...(isRecord(generate) ? { generate } : {}),
    ...(value === undefined ? {} : { value }),
  };
}
