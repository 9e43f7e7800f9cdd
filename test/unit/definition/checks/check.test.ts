import { describe, expect, it } from 'vitest';
import { formatValue } from '../../../../lib/definition/checks/check.ts';

describe('a value in a fault', () => {
  it.each([
    ['https://ada:hunter2@e.com/path', '"https://…@e.com/path"'],
    ['https://ada@e.com', '"https://…@e.com"'],
    ['https://ada:hun@ter2@e.com', '"https://…@e.com"'],
    ['https://ada:hunter#2?@e.com', '"https://…@e.com"'],
    [{ issuer: 'https://ada:hunter2@e.com' }, '{"issuer":"https://…@e.com"}'],
    [`https://ada:${'x'.repeat(100)}@e.com`, '"https://…@e.com"'],
  ])('has no user and no password of a URL: %j', (value, shown) => {
    expect(formatValue(value)).toBe(shown);
  });

  it.each(['https://e.com/users/@ada', 'https://e.com/?to=ada@e.com', 'ada@e.com', '@scope/package', '//'])(
    'keeps other signs: %s',
    (value) => {
      expect(formatValue(value)).toBe(JSON.stringify(value));
    },
  );
});
