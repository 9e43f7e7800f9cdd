import { type Characters, type Part, readPattern } from './readPattern.ts';

/** More positions than this are left to the checker, which compares no two of them. */
const MAX_POSITIONS = 1_000;

/** The positions at which a part can begin and end, and whether it matches the empty string. */
interface Ends {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isEmpty: boolean;
}

/**
 * Whether a pattern runs in linear time because its next character always says which part of it matches (one-unambiguous,
 * https://doi.org/10.1006/inco.1997.2695): every other choice fails at that character, so nothing is tried twice. Most patterns of APIs are such
 * ones, and this takes microseconds. `false` says nothing about a pattern.
 */
export function isLinear(pattern: string): boolean {
  const part = readPattern(pattern);
  const positions = new Positions();
  const ends = part && positions.endsOf(part);
  const choices = [ends?.first ?? [], ...positions.follow];
  return ends !== undefined && !positions.isAmbiguous && choices.every((some) => areApart([...some], positions));
}

/** The characters of each position, and the positions that can follow it. */
class Positions {
  readonly characters: Characters[] = [];
  readonly follow: Set<number>[] = [];
  /** Whether two repetitions lead from one position to the same one, as in `(?:a+)+`. */
  isAmbiguous = false;

  /** Undefined where a choice does not show in the next character, or for a pattern of too many positions. */
  endsOf(part: Part): Ends | undefined {
    if (part.kind === 'characters') return this.#add(part.characters);
    if (part.kind === 'sequence') return this.#inSequence(part.parts.map((one) => () => this.endsOf(one)));
    if (part.kind === 'choice') return this.#either(part.parts);
    const { part: repeated, min, max } = part;
    // As many copies: the end of the last one is no choice.
    if (min === max && min > 0 && min <= MAX_POSITIONS) return this.#exactly(repeated, min);
    const ends = this.endsOf(repeated);
    // Two ways to match nothing would double the work.
    if (ends === undefined || ends.isEmpty || max < 1) return undefined;
    if (max > 1) this.#connect(ends.last, ends.first);
    return { ...ends, isEmpty: min === 0 };
  }

  #add(characters: Characters): Ends | undefined {
    const position = this.characters.push(characters) - 1;
    this.follow.push(new Set());
    return position < MAX_POSITIONS ? { first: [position], last: [position], isEmpty: false } : undefined;
  }

  #exactly(part: Part, times: number): Ends | undefined {
    const ends = this.#inSequence(Array.from({ length: times }, () => () => this.endsOf(part)));
    return ends?.isEmpty ? undefined : ends;
  }

  #inSequence(parts: readonly (() => Ends | undefined)[]): Ends | undefined {
    let whole: Ends = { first: [], last: [], isEmpty: true };
    for (const part of parts) {
      const ends = part();
      if (ends === undefined) return undefined;
      this.#connect(whole.last, ends.first);
      whole = {
        first: whole.isEmpty ? [...whole.first, ...ends.first] : whole.first,
        last: ends.isEmpty ? [...whole.last, ...ends.last] : ends.last,
        isEmpty: whole.isEmpty && ends.isEmpty,
      };
    }
    return whole;
  }

  #either(parts: readonly Part[]): Ends | undefined {
    const found = parts.map((part) => this.endsOf(part));
    const ends = found.filter((one) => one !== undefined && !one.isEmpty) as Ends[];
    if (ends.length < parts.length) return undefined;
    return { first: ends.flatMap(({ first }) => first), last: ends.flatMap(({ last }) => last), isEmpty: false };
  }

  #connect(last: readonly number[], first: readonly number[]): void {
    for (const next of last.map((position) => this.follow[position] as Set<number>)) {
      this.isAmbiguous ||= first.some((position) => next.has(position));
      for (const position of first) next.add(position);
    }
  }
}

/** Whether no character is at two of these positions. */
function areApart(some: readonly number[], { characters }: Positions): boolean {
  const ranges = some.flatMap((position) => (characters[position] ?? []).map(([from, to]) => ({ position, from, to })));
  const ordered = ranges.toSorted((one, other) => one.from - other.from);
  // The furthest end so far, and of which position it is.
  let furthest = { position: -1, to: -1 };
  for (const { position, from, to } of ordered) {
    if (from <= furthest.to && position !== furthest.position) return false;
    if (to > furthest.to) furthest = { position, to };
  }
  return true;
}
