import { cardNumbers } from './cardNumbers.ts';
import { decodedText } from './decodedText.ts';
import { type HiddenRange, namedSecrets } from './namedSecrets.ts';
import { secretFormats } from './secretFormats.ts';
import { REDACTED } from './secretValue.ts';

/**
 * Hides the secrets in a string, also where it is encoded. Three searches find them, each in linear time, in the decoded string:
 *
 * - `namedSecrets`: a value beside a name. `name := words of a secret`, then `close* space* separator space* open* value`, where
 *   close is a quote or a bracket, a separator `=`, `:`, `=>`, `->`, or the end of an XML tag; or the name and the value are items of
 *   a list, or members of one object.
 * - `secretFormats`: what its own form shows: `scheme space open* credentials`, JWTs, PEM blocks, keys with a known beginning, random
 *   strings, `//user:password@host`.
 * - `cardNumbers`: digits of a card, whatever is beside them.
 *
 * @param shown characters of the string that the result shows; what follows is read only to recognize a secret that the cut goes
 * through.
 */
export function hideSecrets(source: string, shown = source.length): string {
  const decoded = decodedText(source);
  const { text, sourceOf } = decoded;
  let hidden = '';
  let position = 0;
  for (const { start, end, replacement } of merged([
    ...namedSecrets(decoded),
    ...secretFormats(decoded),
    ...cardNumbers(text),
  ])) {
    if (sourceOf(start) >= shown) break;
    hidden += source.slice(position, sourceOf(start)) + (replacement ?? REDACTED);
    position = sourceOf(end);
  }
  return hidden + source.slice(position, Math.max(position, shown));
}

/** Ranges in their order, each once; of those that overlap, the first has the replacement. */
function merged(ranges: readonly HiddenRange[]): readonly HiddenRange[] {
  const result: HiddenRange[] = [];
  const sorted = ranges.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start || b.end - a.end);
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.start >= last.end) result.push(range);
    else if (range.end > last.end) result.splice(-1, 1, { ...last, end: range.end });
  }
  return result;
}
