/** `role1` of {@link largeApi} has access to the route that is measured. */
const WITH_ACCESS = 1;
/** About the golden ratio in thousandths: multiples of such a part of a whole spread over it evenly, and look random. */
const SPREAD = 618n;

/**
 * Sets of role numbers, none twice, which look random and are the same in each run. `role1` is in each of them.
 *
 * Each combination of the other roles has a number; the sets are those of numbers that are spread over all combinations.
 *
 * @throws RangeError if there are not as many sets.
 */
export function roleSets(count: number, { roles, of }: SizeOfSet): readonly (readonly string[])[] {
  const others = Array.from({ length: of }, (_, role) => role).filter((role) => role !== WITH_ACCESS);
  const total = combinations(others.length, roles - 1);
  if (BigInt(count) > total) throw new RangeError(`${roles} of ${of} roles have ${total} sets, not ${count}`);
  let step = (total * SPREAD) / 1_000n + 1n;
  // A step without a common factor reaches each number once before any number twice.
  while (commonFactor(step, total) !== 1n) step++;
  const sets = Array.from({ length: count }, (_, i) => {
    const chosen = combination((BigInt(i) * step) % total, others.length, roles - 1).map((n) => others[n]);
    return [WITH_ACCESS, ...chosen].map((role) => `role${role}`);
  });
  const distinct = new Set(sets.map((set) => [...set].sort().join()));
  if (distinct.size !== count) throw new Error(`${distinct.size} of ${count} sets of roles are distinct`);
  return sets;
}

/** How many roles are in a set, and how many there are. */
interface SizeOfSet {
  readonly roles: number;
  readonly of: number;
}

/** The combination with a number, of `size` of the numbers below `all`, in ascending order (combinatorial number system). */
function combination(number: bigint, all: number, size: number): readonly number[] {
  const chosen: number[] = [];
  let rest = number;
  for (let next = 0; chosen.length < size; next++) {
    const withNext = combinations(all - next - 1, size - chosen.length - 1);
    if (rest < withNext) chosen.push(next);
    else rest -= withNext;
  }
  return chosen;
}

/** How many sets of `size` there are of `all`. */
function combinations(all: number, size: number): bigint {
  let result = 1n;
  for (let i = 1; i <= size; i++) result = (result * BigInt(all - size + i)) / BigInt(i);
  return result;
}

function commonFactor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonFactor(b, a % b);
}
