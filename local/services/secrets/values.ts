import { join } from 'node:path';
import type { SecretModel, SecretValue } from '../../assembly/model.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { generateSecretString } from './generate.ts';

/**
 * The secrets of a data directory: each is generated at first use by the rules of its template, then kept in
 * `<data>/secrets.json` (mode 0600, replaced as a whole), so that API keys stay the same over restarts.
 *
 * @param dataDirectory where state lives
 * @returns the string of a secret: the one in the template, else always the same for an ARN
 * @throws {Error} when the kept file is not the JSON object that was written
 */
export function secretValues(dataDirectory: string): SecretValue {
  const path = join(dataDirectory, 'secrets.json');
  const values = readSecrets(path);
  return (secret: SecretModel) => {
    if (secret.value !== undefined) return secret.value;
    const kept = values.get(secret.arn);
    if (kept !== undefined) return kept;
    const made = generateSecretString(secret.generate);
    values.set(secret.arn, made);
    writePrivateFile(path, JSON.stringify(Object.fromEntries(values), undefined, 2));
    return made;
  };
}

function readSecrets(path: string): Map<string, string> {
  const text = readIfPresent(path);
  if (text === undefined) return new Map();
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('not an object');
    return new Map(Object.entries(parsed).map(([arn, value]) => [arn, String(value)]));
  } catch {
    // The parser's message could quote the text, which is secret.
    throw new Error(`${path} is not readable as JSON: remove it to have new secrets generated`);
  }
}
