import { isRecord, string } from '../values.ts';

/** Where the value of a dynamic reference comes from. Throws `AssemblyError` for another service or an unknown secret. */
export interface DynamicSource {
  /** The SecretString of a secret, by ARN or name. */
  readonly secret: (id: string) => string;
  readonly fail: (reason: string) => never;
}

const REFERENCE = /\{\{resolve:([a-z-]+):([^{}]*)\}\}/g;
/** `<arn or name>[:SecretString[:<json key>[:<stage>[:<version>]]]]`; an ARN itself has six colons. */
const SECRET =
  /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::SecretString)?(?::([^:]*))?(?::[^:]*){0,2}$/;

/**
 * Replaces every `{{resolve:secretsmanager:…}}` in a string by the secret's value, as CloudFormation does.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function resolveDynamic(value: string, source: DynamicSource): string {
  if (!value.includes('{{resolve:')) return value;
  return value.replace(REFERENCE, (_, service: string, rest: string) => {
    if (service !== 'secretsmanager') return source.fail(`dynamic references to ${service} are not emulated`);
    const [, id, key] = SECRET.exec(rest) ?? source.fail('a dynamic reference to a secret is malformed');
    const secret = source.secret(id ?? '');
    return key === undefined || key === '' ? secret : jsonKey(secret, key, source);
  });
}

function jsonKey(secret: string, key: string, source: DynamicSource): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret);
  } catch {
    return source.fail(`the secret is not JSON, so it has no key "${key}"`);
  }
  const value = isRecord(parsed) && Object.hasOwn(parsed, key) ? string(parsed[key]) : undefined;
  return value ?? source.fail(`the secret has no key "${key}"`);
}
