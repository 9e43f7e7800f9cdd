import { isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { isPublicAddress } from '../../../lambdas/shared/publicAddress.ts';
import { formatValue, kindOf } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { isRecord } from '../../definition/shape.ts';
import { invalid } from '../invalid.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#SecretsManager-CreateSecret-request-Name */
const NAME = /^[\w/+=.@-]{1,512}$/;
/** The value in the place of its name: a key of PagerDuty has 32 letters and digits, a signing secret begins with `whsec_`. */
const VALUE = /^(?:[a-z\d]{32}|whsec_.*)$/i;
/** Names of this machine and of networks, which no function of AWS can mean. */
const LOCAL = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)$/;

/**
 * An https URL of the Internet without user or password.
 *
 * @throws {ConfigError} `notify-invalid`.
 */
export function checkedUrl(url: unknown): string {
  if (typeof url === 'string' && (Token.isUnresolved(url) || isPublicUrl(url))) return url;
  throw invalid({
    code: 'notify-invalid',
    location: 'notify',
    // A URL that is wrong can have a password.
    found: typeof url === 'string' && url.includes('@') ? 'a URL with a user or a password' : formatValue(url),
    expected: 'an https URL of a public host, without user or password',
    fix: 'Write the public address of the receiver. On this machine, secure-api dev --notify-url sends to it.',
  });
}

function isPublicUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '') return false;
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? !LOCAL.test(host) : isPublicAddress(host);
}

/**
 * A secret of Secrets Manager, or the name of one; never its value, which would be in the template.
 *
 * @throws {ConfigError} `notify-invalid`, which does not show the value.
 */
export function checkedSecret(secret: unknown): ISecret | string {
  if (isRecord(secret) && isRecord(secret['node']) && 'secretArn' in secret) return secret as unknown as ISecret;
  if (typeof secret === 'string' && (Token.isUnresolved(secret) || (NAME.test(secret) && !VALUE.test(secret)))) {
    return secret;
  }
  throw wrongSecret(secret);
}

function wrongSecret(secret: unknown): ConfigError {
  return invalid({
    code: 'notify-invalid',
    location: 'notify',
    found: typeof secret === 'string' ? 'a string that is no name of a secret' : kindOf(secret),
    expected: 'a secret of Secrets Manager, or its name',
    fix: "Store the URL or key as a string (aws secretsmanager create-secret), and write the secret's name, or Secret.fromSecretCompleteArn() for an ARN.",
  });
}
