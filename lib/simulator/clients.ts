/**
 * Gives each client a tier, by weight and well mixed: a tier of weight 1 beside one of weight 9 has every tenth client, so
 * that no tier comes in a block.
 *
 * @param weights - of each tier; at least one is above 0.
 * @returns the index of the tier of each client.
 */
export function assignTiers(clients: number, weights: readonly number[]): Uint16Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const given = weights.map(() => 0);
  return Uint16Array.from({ length: clients }, (_, client) => {
    // The tier that is furthest behind its share gets the client; the first of equals.
    const behind = weights.map((weight, tier) => (weight / sum) * (client + 1) - (given[tier] ?? 0));
    const tier = behind.indexOf(Math.max(...behind));
    given[tier] = (given[tier] ?? 0) + 1;
    return tier;
  });
}
