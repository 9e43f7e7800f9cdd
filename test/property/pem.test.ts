import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derOfFile, derOfPem } from '../../lambdas/shared/x509/pem.ts';
import { orFault } from './x509Bytes.ts';

describe('the reader of PEM', () => {
  const blocks = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const pemOf = (bytes: Uint8Array, label = 'X509 CRL') =>
    `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

  it('reads one block, with white space around it', () => {
    fc.assert(
      fc.property(blocks, fc.constantFrom('', '\n', '\r\n', ' \t'), (bytes, space) => {
        const pem = pemOf(bytes).replaceAll('\n', space.includes('\r') ? '\r\n' : '\n');
        expect(derOfPem(`${space}${pem}${space}`, ['X509 CRL'])).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('reads nothing where anything else is in the file', () => {
    const [one, other] = [pemOf(Buffer.from('one')), pemOf(Buffer.from('other'))];
    const damaged = [
      `${one}${other}`,
      `text\n${one}`,
      `${one}text`,
      `\ufeff${one}`,
      `\u00a0${one}`,
      `${one}\0`,
      one.replace('END', 'END '),
      one.replace('X509 CRL', 'CERTIFICATE'),
      one.replace('b25l', 'b25l*'),
      one.replace('b25l', 'b2=5l'),
      one.replace('b25l', 'b25'),
      one.replace('b25l', ''),
      one.replace('b25l', 'Comment: x\n\nb25l'),
      pemOf(Buffer.from('one'), 'PRIVATE KEY'),
    ];
    for (const text of damaged) {
      expect(orFault(() => derOfPem(text, ['X509 CRL']))).toBeUndefined();
      expect(orFault(() => derOfFile(Buffer.from(text), ['X509 CRL']))).not.toEqual(Buffer.from('one'));
    }
  });
});
