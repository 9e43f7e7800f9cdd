import { describe, expect, it } from 'vitest';
import { cleanName, cleanText } from '../../../lambdas/notifier/clean.ts';
import { escapeUnseen } from '../../../lambdas/shared/unseen.ts';
import { escaped } from '../../../lib/access/escaped.ts';
import { shown } from '../../../lib/cli/observe/logFormat.ts';
import { plain } from '../../../local/serve/terminal/plain.ts';

/** Every character of the categories that nobody sees, of all planes that have assigned ones; the rest of a plane looks the same. */
const UNSEEN = Array.from({ length: 0xe0200 }, (_, code) => code)
  .filter((code) => code < 0x30000 || code >= 0xe0000)
  .map((code) => String.fromCodePoint(code))
  .filter((one) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\p{Bidi_Control}/u.test(one));
const NAMED = ['\u202e', '\u2066', '\u200f', '\u061c', '\u200b', '\ufeff', '\u00ad', '\u001b', '\u009b', '\u{e0041}'];

describe('characters that nobody sees', () => {
  it('are shown as escapes in notifications, in commands, in pages and in the terminal of the gateway', () => {
    expect(UNSEEN).toEqual(expect.arrayContaining(NAMED));
    expect(UNSEEN.length).toBeGreaterThan(2_000);
    for (const one of UNSEEN) {
      const written = JSON.stringify(escapeUnseen(one)).replaceAll('\\\\', '\\');
      expect(written).toMatch(/^"(?:\\u[\da-f]{4}){1,2}"$/);
      expect(JSON.parse(written)).toBe(one);
      const name = `a${one}b`;
      const expected = `a${written.slice(1, -1)}b`;
      expect([cleanName(name), shown(name), plain(name)]).toEqual([expected, expected, expected]);
      // HTML keeps its line breaks, which show nothing else than they are.
      expect(escaped(name)).toBe(one === '\n' ? name : expected);
      // Half a character becomes the mark of one that is not known.
      expect(cleanText(name)).toMatch(/^a[ \ufffd]b$/);
    }
  });

  it('are no letters, marks, spaces or emoji', () => {
    for (const text of ['Zoë Müller', '日本語', 'עברית', 'ما هذا', '🙂', 'a b']) expect(escapeUnseen(text)).toBe(text);
  });
});
