import { Token } from 'aws-cdk-lib';
import { hideSecrets } from '../../../lambdas/shared/hideSecrets.ts';
import { formatValue, kindOf } from '../../definition/checks/check.ts';
import { isRecord } from '../../definition/shape.ts';
import { isPublicHost, withoutTokens } from '../publicHost.ts';

/** What is wrong with a part of a recipient. */
export interface InputFault {
  /** The part, such as `severities`. @default - the recipient itself */
  readonly member?: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#SecretsManager-CreateSecret-request-Name */
const NAME = /^[\w/+=.@-]{1,512}$/;
/** The value in the place of its name: a key of PagerDuty has 32 letters and digits, a signing secret begins with `whsec_`. */
const VALUE = /^(?:[a-z\d]{32}|whsec_.*)$/i;
/** Roughly as RFC 5321 has it, without quotes and comments, and with an ASCII host. */
const EMAIL =
  /^(?=[^@]{1,64}@)[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,61}[a-z\d]$/iu;
const HTTPS = /^https:\/\/[^\s\\\p{C}]+$/iu;

/** Services whose URL is the secret, and the recipient that keeps it. */
const SECRET_URLS: readonly (readonly [host: RegExp, recipient: string])[] = [
  [/(?:^|\.)slack(?:-gov)?\.com$/, 'Notify.slack(secret)'],
  [
    /(?:^|\.)(?:webhook\.office\.com|outlook\.office(?:365)?\.com|logic\.azure\.com|powerplatform\.com)$/,
    'Notify.teams(secret)',
  ],
  [/(?:^|\.)pagerduty\.com$/, 'Notify.pagerDuty(secret)'],
];
const IN_TEMPLATE = 'The URL is in the template, where many can read it.';

/** An email address. */
export function emailFaults(address: unknown): readonly InputFault[] {
  const isEmail = typeof address === 'string' && address.length <= 254 && EMAIL.test(address);
  if (isEmail || (typeof address === 'string' && Token.isUnresolved(address))) return [];
  return [
    {
      found: formatValue(address),
      expected: 'an email address',
      fix: "Write one address, such as 'ops@example.com'; each recipient is a Notify of its own.",
    },
  ];
}

/** An https URL of the Internet that has no secret: no user, password, query or fragment. */
export function urlFaults(url: unknown): readonly InputFault[] {
  if (typeof url !== 'string') return [wrongUrl(formatValue(url))];
  const isToken = Token.isUnresolved(url);
  // A URL that begins with a parameter of the stack is read at deployment.
  if (isToken && url.startsWith('${Token[')) return [];
  const parsed = URL.parse(withoutTokens(url));
  // A URL that is wrong can have a secret anywhere: only its protocol is shown.
  if (parsed === null) return [wrongUrl('a string that is no URL')];
  if (parsed.protocol !== 'https:') return [wrongUrl(`a URL of ${parsed.protocol.slice(0, -1)}`)];
  // A URL is read with a missing slash, a backslash or a line break, too.
  if (!HTTPS.test(url)) return [wrongUrl('a URL that is not well formed')];
  const { username, password, search, hash, hostname } = parsed;
  if (username !== '' || password !== '') return [secretInUrl('a URL with a user or a password')];
  if (search !== '' || url.includes('?')) return [secretInUrl('a URL with a query')];
  if (hash !== '' || url.includes('#')) return [secretInUrl('a URL with a fragment')];
  if (!isPublicHost(hostname)) return [wrongUrl(`a URL of ${hostname}, which is no host of the Internet`)];
  if (hostname === 'chat.googleapis.com') return [secretInUrl('a URL of Google Chat, which is a secret')];
  const [, recipient] = SECRET_URLS.find(([host]) => host.test(hostname)) ?? [];
  if (recipient !== undefined) {
    const fix = `${IN_TEMPLATE} Store it in Secrets Manager, and write ${recipient} with the name of the secret.`;
    return [{ found: `a URL of ${hostname}, which is a secret`, expected: recipient, fix }];
  }
  return hideSecrets(parsed.pathname) === parsed.pathname ? [] : [secretInUrl('a URL with a secret in its path')];
}

/** A secret of Secrets Manager, or the name of one; never its value, which would be in the template. No fault shows the value. */
export function secretFaults(secret: unknown): readonly InputFault[] {
  if (isRecord(secret) && isRecord(secret['node']) && 'secretArn' in secret) return [];
  if (typeof secret === 'string' && (Token.isUnresolved(secret) || (NAME.test(secret) && !VALUE.test(secret))))
    return [];
  return [
    {
      found: typeof secret === 'string' ? 'a string that is no name of a secret' : kindOf(secret),
      expected: 'a secret of Secrets Manager, or its name',
      fix: "Store the URL or key as a string (aws secretsmanager create-secret), and write the secret's name, or Secret.fromSecretCompleteArn() for an ARN.",
    },
  ];
}

function wrongUrl(found: string): InputFault {
  return {
    found,
    expected: 'an https URL of a public host',
    fix: 'Write the public address of the receiver. On this machine, secure-api dev --notify-url sends to it.',
  };
}

function secretInUrl(found: string): InputFault {
  return {
    found,
    expected: 'an https URL without user, password, query, fragment and secret',
    fix: `${IN_TEMPLATE} Leave the secret out, and have the receiver verify the signature of each message: docs/notifications.md shows how.`,
  };
}
