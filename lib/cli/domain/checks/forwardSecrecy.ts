import type { Check } from '../observe/facts.ts';
import { fault } from './finding.ts';

/** The server accepts no cipher whose recorded traffic its key decrypts. Those ciphers alone were offered. */
export const forwardSecrecy: Check = ({ weakCipher }) => {
  if (weakCipher === undefined) return [];
  return [
    fault('no-forward-secrecy', {
      found: `the server accepts ${weakCipher}`,
      expected: 'ciphers with an ephemeral key exchange (ECDHE) alone, as every cipher of TLS 1.3',
      fix: "Choose a security policy with forward secrecy: tls: 'modern' or 'compatible'.",
    }),
  ];
};
