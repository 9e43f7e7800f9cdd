/** How requests are spread over time and clients. */
export type Pattern = 'steady' | 'burst' | 'flood';

/** The words for each pattern. */
export const PATTERNS: Readonly<Record<Pattern, string>> = {
  steady: 'evenly, one client after the other',
  burst: 'all requests of ten seconds in the first of them, from all clients at once',
  flood: 'one client of the first tier sends nine requests of ten, the others share the rest',
};

/** An endless row of requests, in the order of time. Only numbers: a request is no object. */
export interface Traffic {
  /** Milliseconds from the start to request `n`. */
  timeMs(n: number): number;
  /** The client that sends request `n`. */
  client(n: number): number;
}

const BURST_SECONDS = 10;
const FLOOD_SHARE = 10;
/** The client that floods. */
export const FLOODER = 0;

/** Makes the traffic of a pattern: `rps` requests a second on average, of all `clients` together. */
export function createTraffic(pattern: Pattern, rps: number, clients: number): Traffic {
  const evenly = (n: number) => (n * 1000) / rps;
  const inTurns = (n: number) => n % clients;
  if (pattern === 'steady') return { timeMs: evenly, client: inTurns };
  if (pattern === 'burst') {
    const together = rps * BURST_SECONDS;
    const timeMs = (n: number) => Math.floor(n / together) * BURST_SECONDS * 1000 + ((n % together) * 1000) / together;
    return { timeMs, client: inTurns };
  }
  const others = clients - 1;
  const client = (n: number) =>
    others === 0 || n % FLOOD_SHARE !== 0 ? FLOODER : 1 + (Math.floor(n / FLOOD_SHARE) % others);
  return { timeMs: evenly, client };
}
