/** Who judges requests, and where two of them disagree. */
import type { AccessVerdict, InputVerdict, ParityRequest } from './table.ts';

/** What a projection says of a request; nothing where it has no say. */
export interface Opinion {
  readonly access?: AccessVerdict;
  readonly input?: InputVerdict;
}

/** One projection of the definition, asked about one request. */
export interface Judge {
  readonly name: string;
  /** `early` refuses only a part of what is wrong, so its word counts when it says that something is. */
  readonly strictness: 'exact' | 'early';
  readonly judge: (request: ParityRequest) => Opinion | Promise<Opinion>;
}

/** One sentence for each row that a judge sees otherwise than the table; none when all agree. */
export async function disagreements(table: readonly ParityRequest[], judges: readonly Judge[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, strictness, judge } of judges) {
    for (const request of table) {
      const { access = request.access, input } = await judge(request);
      const sees = (what: string, expected: string, said: string) =>
        found.push(`${name} on "${request.name}": ${what} is ${said}, expected ${expected}`);
      if (access !== request.access) sees('access', request.access, access);
      const excused = input === undefined || (strictness === 'early' && input === 'valid');
      if (!excused && input !== request.input) sees('input', request.input, input);
    }
  }
  return found;
}
