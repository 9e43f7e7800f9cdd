import type { SecretModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { isRecord, string } from '../values.ts';

/** Every `AWS::SecretsManager::Secret` of a stack. */
export function readSecrets(stack: StackTemplate): SecretModel[] {
  return stack.ofType('AWS::SecretsManager::Secret').map(readSecret);
}

/**
 * Lower-case hexadecimal digits, which are also base64 and a string: a signing key, however its sender writes it. Standard Webhooks
 * asks for 24 bytes.
 */
const SIGNING_KEY = {
  PasswordLength: 48,
  ExcludeUppercase: true,
  ExcludePunctuation: true,
  ExcludeCharacters: 'ghijklmnopqrstuvwxyz',
};

/** The secrets of webhooks that no stack of the assembly has: they are generated, because their value is in the account. */
export function importedSecrets(arns: readonly string[], known: readonly SecretModel[]): SecretModel[] {
  const missing = [...new Set(arns)].filter((arn) => known.every((secret) => secret.arn !== arn));
  return missing.map((arn) => ({
    arn,
    name: arn.slice(arn.lastIndexOf(':secret:') + ':secret:'.length),
    generate: SIGNING_KEY,
  }));
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
