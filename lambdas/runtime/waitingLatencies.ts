/** An entry in embedded metric format has at most 100 values of a metric; the request that ends the wait adds one. */
const MOST_LATENCIES = 99;
const LONGEST_WAIT_MS = 60_000;

/**
 * Latencies of allowed requests whose metrics are not written yet, by route. Lambda ends an instance without notice, so at most 99 of a
 * route are lost with it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class WaitingLatencies {
  readonly #routes = new Map<string, number[]>();
  #sinceMs = Number.POSITIVE_INFINITY;

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#routes.size === 0;
  }

  add(route: string, latencyMs: number): void {
    if (this.#routes.size === 0) this.#sinceMs = Date.now();
    const latencies = this.#routes.get(route);
    if (latencies === undefined) this.#routes.set(route, [latencyMs]);
    else latencies.push(latencyMs);
  }

  /**
   * Takes what is to be written: of `route`, with or without latencies; of routes that have as many as an entry holds; and of all after a
   * minute.
   */
  takeDue(route: string | undefined): readonly (readonly [route: string, latencies: readonly number[]])[] {
    const isLate = Date.now() - this.#sinceMs >= LONGEST_WAIT_MS;
    const due = [...this.#routes].filter(
      ([name, latencies]) => isLate || name === route || latencies.length >= MOST_LATENCIES,
    );
    for (const [name] of due) this.#routes.delete(name);
    if (isLate) this.#sinceMs = Number.POSITIVE_INFINITY;
    const isMissing = route !== undefined && !due.some(([name]) => name === route);
    return isMissing ? [[route, []], ...due] : due;
  }
}
