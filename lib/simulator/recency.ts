/** Who was used last, for a bounded number of members. */
export interface RecencyList {
  /** Makes a member the latest; gives the one that was quiet longest when there are now too many. */
  touch(member: number): number | undefined;
}

const NOBODY = -1;

/**
 * A doubly linked list in two typed arrays: members from the quietest to the latest.
 *
 * @param members - they are numbered from 0.
 * @param most - how many are kept.
 */
export function createRecencyList(members: number, most: number): RecencyList {
  const before = new Int32Array(members).fill(NOBODY);
  const after = new Int32Array(members).fill(NOBODY);
  const isIn = new Uint8Array(members);
  let quietest = NOBODY;
  let latest = NOBODY;
  let size = 0;

  const leave = (member: number) => {
    const left = before[member] ?? NOBODY;
    const right = after[member] ?? NOBODY;
    if (left === NOBODY) quietest = right;
    else after[left] = right;
    if (right === NOBODY) latest = left;
    else before[right] = left;
    isIn[member] = 0;
    size -= 1;
  };
  const join = (member: number) => {
    before[member] = latest;
    after[member] = NOBODY;
    if (latest === NOBODY) quietest = member;
    else after[latest] = member;
    latest = member;
    isIn[member] = 1;
    size += 1;
  };
  return {
    touch(member) {
      if (isIn[member] === 1) leave(member);
      join(member);
      if (size <= most) return undefined;
      const forgotten = quietest;
      leave(forgotten);
      return forgotten;
    },
  };
}
