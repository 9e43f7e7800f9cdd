import type { SecretModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { isRecord, string } from '../values.ts';

/** Every `AWS::SecretsManager::Secret` of a stack. */
export function readSecrets(stack: StackTemplate): SecretModel[] {
  return stack.ofType('AWS::SecretsManager::Secret').map(readSecret);
}

/** The name is the last part of the ARN, without the hyphen and six characters that Secrets Manager adds. */
function readSecret({ ref, properties }: Resource): SecretModel {
  const { GenerateSecretString: generate } = properties;
  const value = string(properties['SecretString']);
  const name = ref.slice(ref.lastIndexOf(':secret:') + ':secret:'.length, -'-123456'.length);
  return {
    arn: ref,
    name,
    ...(isRecord(generate) ? { generate } : {}),
    ...(value === undefined ? {} : { value }),
  };
}
