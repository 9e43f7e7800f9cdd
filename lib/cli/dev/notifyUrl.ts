import { InvalidArgumentError } from 'commander';

/** Notifications of a developer's machine stay on it. */
const HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/** Parses the address of a webhook on this machine. */
export function loopbackUrl(value: string): string {
  const url = URL.parse(value);
  const isLocal = url !== null && ['http:', 'https:'].includes(url.protocol) && HOSTS.includes(url.hostname);
  if (isLocal && url.username === '' && url.password === '') return url.href;
  throw new InvalidArgumentError('expected a URL of this machine, such as http://127.0.0.1:9000/alarms.');
}
