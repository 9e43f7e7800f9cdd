const plain = new Set<string>();
const MAX_STRINGS = 1_000;
const MAX_LENGTH = 200;

/** Whether a string was found to have no secret. */
export function isKnownPlain(text: string): boolean {
  return plain.has(text);
}

/** Keeps a string without a secret, because messages, routes and user agents repeat in every entry: each is examined once. */
export function keepPlain(text: string): void {
  if (text.length > MAX_LENGTH) return;
  if (plain.size >= MAX_STRINGS) plain.clear();
  plain.add(text);
}
