import { Token } from 'aws-cdk-lib';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';

/**
 * What GenerateSecretString does by default.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
const DEFAULT_LENGTH = 32;
const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const BITS_A_BYTE = 8;

/**
 * The entropy in bits of the value of a secret in the template. For a literal value it is that of a random one of the same
 * length.
 *
 * @returns undefined where the template does not determine it.
 */
export function keyBits({ secretString, generateSecretString: rules }: CfnSecret): number | undefined {
  if (secretString !== undefined) {
    return Token.isUnresolved(secretString) ? undefined : Buffer.byteLength(secretString) * BITS_A_BYTE;
  }
  if (rules === undefined || 'resolve' in rules) return undefined;
  const excluded = new Set(rules.excludeCharacters ?? '');
  const characters = [
    rules.excludeLowercase === true ? '' : LOWERCASE,
    rules.excludeUppercase === true ? '' : LOWERCASE.toUpperCase(),
    rules.excludeNumbers === true ? '' : NUMBERS,
    rules.excludePunctuation === true ? '' : PUNCTUATION,
    rules.includeSpace === true ? ' ' : '',
  ].join('');
  const alphabet = [...characters].filter((character) => !excluded.has(character)).length;
  return (rules.passwordLength ?? DEFAULT_LENGTH) * Math.log2(Math.max(alphabet, 1));
}
