import { describe, expect, it } from 'vitest';
import { cardNumbers } from '../../../lambdas/shared/cardNumbers.ts';
import { hideSecrets } from '../../../lambdas/shared/hideSecrets.ts';

describe('a card number', () => {
  it.each([
    ['4111 1111 1111 1111 12/27', '[redacted] 12/27'],
    ['12/27 4111 1111 1111 1111 123', '12/27 [redacted] 123'],
    ['4111111111111111,123', '[redacted],123'],
    ['41111111111111111227', '[redacted]'],
    ['6011-0009-9013-9424', '[redacted]'],
    ['4111.1111.1111.1111', '[redacted]'],
    ['4111 - 1111 - 1111 - 1111', '[redacted]'],
    ['4111\u00a01111\u20111111\u20131111', '[redacted]'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '[redacted]'],
    ['3782 822463 10005', '[redacted]'],
    ['4222222222222', '[redacted]'],
    ['4111%201111%201111%201111', '[redacted]'],
    ['%34111111111111111', '[redacted]'],
    ['４１１１１１１１１１１１１１１１', '[redacted]'],
    ['٤١١١١١١١١١١١١١١١', '[redacted]'],
    ['card4111111111111111', 'card[redacted]'],
    ['4111111111111111EUR', '[redacted]EUR'],
    ['x4111111111111111', 'x[redacted]'],
    ['card:4111111111111111x', 'card:[redacted]x'],
    ['4111111111111111a', '[redacted]a'],
    ['deadbeef4111111111111111', 'deadbeef[redacted]'],
    ['EUR4111-1111-1111-1111EUR', 'EUR[redacted]EUR'],
    ['4111 1111 1111 1111123', '[redacted]'],
    ['124111 1111 1111 1111', '[redacted]'],
    ['4111111111111111123', '[redacted]'],
    ['12274111111111111111', '[redacted]'],
    ['1.4111111111111111', '1.[redacted]'],
    ['4111111111111111.50', '[redacted].50'],
    ['4111&nbsp;1111&nbsp;1111&nbsp;1111', '[redacted]'],
    ['(+49 30 1234567) 4111 1111 1111 1111', '(+49 30 1234567) [redacted]'],
  ])('is hidden, whatever separates its digits and is beside them: %s', (value, expected) => {
    expect(hideSecrets(value)).toBe(expected);
  });

  it.each([
    '4111 1111 1111 1112',
    '6304000000000100001',
    '0b5e1c9e-4111-4111-8111-111111111111',
    '41111111-1111-4111-8111-411111111111',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '507f1f77bcf86cd799439011',
    '1795608000123',
    '1795608000123456789',
    '20261128051001123',
    'Root=1-5759e988-bd862e3fe1be46a994272793',
    '0.4111111111111111',
    'ratio=-0.4111111111111111',
    '20261128051001123456',
    '4111a1111b1111c1111',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'a1b2c3d4111111111111111114a5b6c7d8e9f0a1',
  ])('is not seen in %s', (value) => {
    expect(cardNumbers(value)).toEqual([]);
  });
});
