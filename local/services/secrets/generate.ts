import { randomInt } from 'node:crypto';

/**
 * The rules of `GenerateSecretString`, as AWS::SecretsManager::Secret has them:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = LOWERCASE.toUpperCase();
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Default and largest length of a generated password (GetRandomPassword). */
const DEFAULT_LENGTH = 32;
const MAX_LENGTH = 4096;

type Rules = Readonly<Record<string, unknown>>;

/**
 * Generates the string of a secret.
 *
 * @param rules `GenerateSecretString` of the template, or `undefined` for the defaults
 * @returns the password, or with `SecretStringTemplate` the JSON string that holds it under `GenerateStringKey`
 * @throws {RangeError} when the rules leave no character, or the length is outside 1–4096
 */
export function generateSecretString(rules: Rules = {}): string {
  const password = generatePassword(rules);
  const template = rules['SecretStringTemplate'];
  const key = rules['GenerateStringKey'];
  if (typeof template !== 'string' || typeof key !== 'string') return password;
  return JSON.stringify({ ...JSON.parse(template), [key]: password });
}

function generatePassword(rules: Rules): string {
  const sets = characterSets(rules);
  const length = Number(rules['PasswordLength'] ?? DEFAULT_LENGTH);
  const all = sets.join('');
  if (all === '') throw new RangeError('GenerateSecretString excludes every character');
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw new RangeError(`PasswordLength must be 1 to ${MAX_LENGTH}, not ${length}`);
  }
  const required = isFalse(rules['RequireEachIncludedType'] ?? true) ? [] : sets;
  const picked = required.slice(0, length).map(pick);
  while (picked.length < length) picked.push(pick(all));
  return shuffle(picked).join('');
}

/** The allowed characters by type, without the excluded ones; empty types are left out. */
function characterSets(rules: Rules): string[] {
  const excluded = new Set(String(rules['ExcludeCharacters'] ?? ''));
  const types: [string, string][] = [
    ['ExcludeLowercase', LOWERCASE],
    ['ExcludeUppercase', UPPERCASE],
    ['ExcludeNumbers', NUMBERS],
    ['ExcludePunctuation', PUNCTUATION],
  ];
  const included = types.filter(([property]) => !isTrue(rules[property])).map(([, characters]) => characters);
  if (isTrue(rules['IncludeSpace'])) included.push(' ');
  return included.map((text) => [...text].filter((c) => !excluded.has(c)).join('')).filter((text) => text !== '');
}

// CloudFormation also accepts booleans as strings.
const isTrue = (value: unknown) => value === true || value === 'true';
const isFalse = (value: unknown) => value === false || value === 'false';

const pick = (characters: string) => characters.charAt(randomInt(characters.length));

/** Fisher–Yates with a cryptographic source, so that the required types do not always lead. */
function shuffle(items: readonly string[]): string[] {
  const result: string[] = [];
  for (const item of items) result.splice(randomInt(result.length + 1), 0, item);
  return result;
}
