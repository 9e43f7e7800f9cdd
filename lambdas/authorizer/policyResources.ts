import { type CallerClaims, claimString } from '../shared/callerClaims.ts';
import { MAX_RESOURCE_LENGTH } from '../shared/servedMethods.ts';
import { hasOwnValues, ownClaims, withOwnValues } from './resourcePattern.ts';

/** The stages of an API that share an authorizer, in two forms. */
const MAX_ARNS = 16;

/** Makes the function that returns how many characters each pattern has in the policy of a caller. */
export function patternLengths(patterns: readonly string[]): (claims: CallerClaims) => Uint32Array {
  const withoutValues = new Uint32Array(patterns.length);
  const compared: { readonly pattern: number; readonly claim: string }[] = [];
  for (const [number, pattern] of patterns.entries()) {
    withoutValues[number] = pattern.length;
    if (!hasOwnValues(pattern)) continue;
    withoutValues[number] = withOwnValues(pattern, () => '').length;
    for (const claim of ownClaims(pattern)) compared.push({ pattern: number, claim });
  }
  if (compared.length === 0) return () => withoutValues;
  const names = new Set(compared.map(({ claim }) => claim));
  return (claims) => {
    const values = new Map([...names].map((name) => [name, claimString(claims, name)?.length ?? 0]));
    const lengths = withoutValues.slice();
    for (const { pattern, claim } of compared) lengths[pattern] = (lengths[pattern] ?? 0) + (values.get(claim) ?? 0);
    return lengths;
  };
}

/** Resources of a policy. */
export interface ResourceList {
  readonly resources: readonly string[];
  /** In JSON: each with quotes and a comma. */
  readonly characters: number;
  /** About the memory that they take: the list, and the strings that no other policy shares. */
  readonly bytes: number;
}

export const QUOTES_AND_COMMA = 3;
/** What a resource in a policy has besides its ARN and its pattern. */
export const SLASH_QUOTES_AND_COMMA = 1 + QUOTES_AND_COMMA;
/** A string and its header take about three bytes for each character. */
const BYTES_OF_A_CHARACTER = 3;
const BYTES_OF_A_REFERENCE = 8;

/**
 * Makes the function that writes the resources of patterns, without those that are too long. Policies share the strings of those that are the
 * same for all callers: strings of each policy alone would be most of its memory, and fewer policies would be kept.
 */
export function resourceLists(
  patterns: readonly string[],
): (arn: string, claims: CallerClaims, lengths: Uint32Array) => (list: readonly number[]) => ResourceList {
  const sharedFor = sharedStrings(patterns.length);
  return (arn, claims, lengths) => {
    const shared = sharedFor(arn);
    const valueFor = (claim: string) => claimString(claims, claim);
    const write = (number: number) => {
      const pattern = patterns[number] ?? '';
      if (hasOwnValues(pattern)) return `${arn}/${withOwnValues(pattern, valueFor)}`;
      const resource = `${arn}/${pattern}`;
      shared[number] = resource;
      return resource;
    };
    return (list) => {
      const resources: string[] = [];
      let characters = 0;
      let bytes = 0;
      for (const pattern of list) {
        // The length of the string itself would be read from much more memory.
        const length = arn.length + SLASH_QUOTES_AND_COMMA + (lengths[pattern] ?? 0);
        if (length - QUOTES_AND_COMMA > MAX_RESOURCE_LENGTH) continue;
        resources.push(shared[pattern] ?? write(pattern));
        characters += length;
        bytes += shared[pattern] === undefined ? BYTES_OF_A_CHARACTER * length : BYTES_OF_A_REFERENCE;
      }
      return { resources: Object.freeze(resources), characters, bytes };
    };
  };
}

/** Makes the function that returns the resources of an ARN that are the same for all callers, by pattern, as far as they were written. */
function sharedStrings(size: number): (arn: string) => (string | undefined)[] {
  const byArn = new Map<string, (string | undefined)[]>();
  return (arn) => {
    const known = byArn.get(arn);
    if (known !== undefined) return known;
    if (byArn.size >= MAX_ARNS) byArn.clear();
    const made = new Array<string | undefined>(size);
    byArn.set(arn, made);
    return made;
  };
}
