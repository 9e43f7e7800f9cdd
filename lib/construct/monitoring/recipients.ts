import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { SEVERITIES } from '../../../lambdas/shared/severity.ts';
import { ConfigError } from '../../definition/errors.ts';
import type { Notify } from './notify.ts';
import type { InputFault } from './notifyInput.ts';

/**
 * Checks the prop `notify`: each recipient, and that none is there twice.
 *
 * @throws {ConfigError} `notify-invalid` with every fault at once, each with its index.
 */
export function checkRecipients(notify: readonly Notify[] = []): void {
  const wrong = notify.flatMap((one, index) => one.faults.map((fault) => located(index, fault)));
  const [first, ...others] = [...wrong, ...repeated(notify)];
  if (first !== undefined) throw new ConfigError(first, ...others);
}

function located(index: number, { member = '', found, expected, fix }: InputFault) {
  const location = `notify.${index}${member === '' ? '' : `.${member}`}`;
  return { code: 'notify-invalid' as const, location, found, expected, fix };
}

/** A recipient that is there twice would get each message twice, and confirm twice. */
function repeated(notify: readonly Notify[]) {
  const known = notify.map((one) => (one.faults.length === 0 ? identityOf(one) : undefined));
  return known.flatMap((identity, index) => {
    const before = known.indexOf(identity);
    const [one, again] = [notify[before], notify[index]];
    if (identity === undefined || before === index || one === undefined || again === undefined) return [];
    const both = SEVERITIES.filter((severity) => [one, again].some(({ severities }) => severities.includes(severity)));
    const severities = both.map((severity) => `'${severity}'`).join(', ');
    const isEnough = both.length === one.severities.length;
    return [
      located(index, {
        found: `the recipient of notify.${before} again`,
        expected: 'each recipient once',
        fix: `Leave it out${isEnough ? '' : `, and write severities: [${severities}] at notify.${before}`}.`,
      }),
    ];
  });
}

/** What two Notify of one recipient have in common. Email addresses in another case are the same in practice. */
function identityOf({ target }: Notify): string {
  if (target.kind === 'email') return `email ${target.address.toLowerCase()}`;
  if (target.kind === 'topic') return `topic ${target.topic.topicArn}`;
  return `${target.kind} ${'url' in target ? normalUrl(target.url) : secretName(target.secret)}`;
}

function normalUrl(url: string): string {
  const parsed = Token.isUnresolved(url) ? null : URL.parse(url);
  return parsed === null ? url : `${parsed.host.replace(/\.$/, '')}${parsed.pathname}`;
}

/** A secret by name and a construct of it are one. */
function secretName(secret: ISecret | string): string {
  if (typeof secret === 'string') return secret;
  return Token.isUnresolved(secret.secretName) ? secret.secretArn : secret.secretName;
}
