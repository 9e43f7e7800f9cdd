import type { Check } from '../observe/facts.ts';
import { fault, hostAndPort } from './finding.ts';

/** The server accepts no cipher whose recorded traffic its key decrypts. Those ciphers alone were offered. */
export const forwardSecrecy: Check = ({ weakCipher, url }) => {
  if (weakCipher === undefined) return [];
  return [
    fault('no-forward-secrecy', {
      found: `${hostAndPort(url)} accepts ${weakCipher}`,
      expected: 'only ciphers with an ephemeral key exchange (ECDHE), like those of TLS 1.3',
      fix: "Choose a security policy with forward secrecy: tls: 'modern' or 'compatible'.",
    }),
  ];
};
