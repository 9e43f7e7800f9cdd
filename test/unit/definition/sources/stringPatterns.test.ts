import { describe, expect, it } from 'vitest';
import { checkPatterns } from '../../../../lib/definition/checks/patterns.ts';
import { HTTP_URL_KEYWORDS, URL_KEYWORDS } from '../../../../lib/definition/sources/stringPatterns.ts';
import { base, read, withRoute } from '../support.ts';

const KEYWORDS = { url: URL_KEYWORDS, httpUrl: HTTP_URL_KEYWORDS };

describe.each(Object.entries(KEYWORDS))('the keywords of %s', (name, keywords) => {
  const { pattern, not } = keywords as { readonly pattern: string; readonly not?: { readonly pattern: string } };
  const accepts = (url: string) =>
    new RegExp(pattern, 'u').test(url) && !(not && new RegExp(not.pattern, 'u').test(url));

  it('are proven to run in linear time', { timeout: 120_000 }, () => {
    const body = { type: 'string', maxLength: 200, ...keywords };
    expect(checkPatterns({ ...base, ...withRoute({ ...read, body }) } as never)).toEqual([]);
  });

  it.each([
    ['https://example.com', true],
    ['https://a.example:8443/b?c#d', true],
    ['https://localhost', name === 'url'],
    ['https://example.com:99999', false],
    ['https://1.2.3.999', false],
    ['https://xn--a', false],
    [`https://${'a'.repeat(64)}.com`, name === 'url'],
    [`https://${'a.'.repeat(126)}com`, name === 'url'],
  ])('of %s they say %s', (url, matches) => {
    expect(accepts(url)).toBe(matches);
    // Whatever matches, a library accepts.
    if (matches) expect(URL.canParse(url)).toBe(true);
  });
});
