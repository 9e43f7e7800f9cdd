/** When alarms fire: at or above the threshold unless stated, which is above 0. Counts are over five minutes. */
export interface AlarmThresholds {
  /** Percentage of responses that are 5xx, also of each distribution of CloudFront. @default - above 1 percent */
  readonly serverErrorPercent?: number;
  /** Latency of the slowest one percent of responses, in milliseconds, for ten minutes. @default - above 3,000 ms */
  readonly p99Ms?: number;
  /** Requests. @default - above what the fastest tier alone allows: its rate over five minutes */
  readonly requests?: number;
  /** Responses 401: repeated failed logins, stolen or forged tokens. @default - 20 */
  readonly unauthorized?: number;
  /** Responses 403: callers without the permission. @default - 20 */
  readonly forbidden?: number;
  /** Responses 429. @default - 200 */
  readonly throttled?: number;
  /** Requests that the web ACL blocked, or that of CloudFront. @default - 50 */
  readonly wafBlocked?: number;
  /** Requests that the authorizer could not decide. @default - 1 */
  readonly authorizerErrors?: number;
  /**
   * Requests for which the authorizer returned no result: it crashed, timed out, was throttled, or could not decide.
   * @default - 1
   */
  readonly authorizerFailures?: number;
  /** The slowest run of the authorizer, in milliseconds. @default - four fifths of its timeout */
  readonly authorizerMs?: number;
  /** Messages of webhooks that could not be verified or recorded. @default - 1 */
  readonly webhookErrors?: number;
  /** Failed invocations of handler functions, and of CloudFront's function. @default - 1 */
  readonly functionErrors?: number;
  /** Invocations that Lambda throttled because concurrency was used up. @default - 1 */
  readonly functionThrottles?: number;
  /** Faults that the canary finds twice, an hour apart. @default - 1 */
  readonly endpointFaults?: number;
  /** Days until the certificate of the domain expires, for the alarm, the rules and the canary. @default - below 30 days */
  readonly certificateDays?: number;
}
