import { InvalidArgumentError } from 'commander';
import { LOOPBACK_HOSTS } from '../../../lambdas/notifier/send.ts';

/** Parses the address of a webhook on this machine: notifications of a developer stay there. */
export function loopbackUrl(value: string): string {
  const url = URL.parse(value);
  const isLocal = url !== null && ['http:', 'https:'].includes(url.protocol) && LOOPBACK_HOSTS.includes(url.hostname);
  if (isLocal && url.username === '' && url.password === '') return url.href;
  throw new InvalidArgumentError('expected a URL of this machine, such as http://127.0.0.1:9000/alarms.');
}
