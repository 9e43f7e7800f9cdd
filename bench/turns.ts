/** What both sides of a comparison measured, round by round. */
export interface Turns<T> {
  readonly ours: readonly T[];
  readonly peer: readonly T[];
}

/** Measures both sides in turns, so that a slow moment of the machine meets both. */
export async function inTurns<T>(
  rounds: number,
  ours: () => T | Promise<T>,
  peer: () => T | Promise<T>,
): Promise<Turns<T>> {
  const turns = { ours: [] as T[], peer: [] as T[] };
  for (let round = 0; round < rounds; round++) {
    turns.ours.push(await ours());
    turns.peer.push(await peer());
  }
  return turns;
}
