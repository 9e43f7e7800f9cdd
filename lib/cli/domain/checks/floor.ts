import { type Check, TLS_VERSIONS } from '../observe/facts.ts';
import { fault, hostAndPort } from './finding.ts';

/** The server accepts no version below the floor. Each version was offered alone. */
export const floor: Check = ({ versions, url }, settings) => {
  const lowest = TLS_VERSIONS.indexOf(`TLS ${settings.floor}`);
  const below = versions.filter((version) => TLS_VERSIONS.indexOf(version) < lowest);
  if (below.length === 0) return [];
  const only = settings.floor === '1.3' && below.every((version) => version === 'TLS 1.2');
  return [
    fault('tls-below-floor', {
      found: `${hostAndPort(url)} accepts ${below.join(', ')}`,
      expected: settings.floor === '1.3' ? 'only TLS 1.3' : 'only TLS 1.2 and TLS 1.3',
      fix: `Raise the security policy of the endpoint${only ? ', or accept TLS 1.2 with --floor 1.2 if clients need it' : ''}.`,
    }),
  ];
};
