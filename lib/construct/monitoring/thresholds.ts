/** When alarms fire. Counts are of five minutes. */
export interface AlarmThresholds {
  /** Share of answers that are 5xx, in percent. @default - above one percent */
  readonly serverErrorPercent?: number;
  /** The slowest one percent of answers, in milliseconds, for ten minutes. @default - above 3,000 */
  readonly p99Ms?: number;
  /** Requests. @default - what the fastest tier alone may send: its rate over five minutes */
  readonly requests?: number;
  /** Answers 401: repeated failed logins, stolen or forged tokens. @default - 20 */
  readonly unauthorized?: number;
  /** Answers 403: callers who try what they may not. @default - 20 */
  readonly forbidden?: number;
  /** Answers 429. @default - 200 */
  readonly throttled?: number;
  /** Requests that the web ACL blocked. @default - 50 */
  readonly wafBlocked?: number;
  /** Requests that the authorizer could not decide. @default - 1 */
  readonly authorizerErrors?: number;
  /** Requests that got no answer of the authorizer: it crashed, timed out, was refused by Lambda, or could not decide. @default - 1 */
  readonly authorizerFailures?: number;
  /** The slowest run of the authorizer, in milliseconds. @default - four fifths of its timeout */
  readonly authorizerMs?: number;
  /** Failed invocations of handler functions. @default - 1 */
  readonly functionErrors?: number;
  /** Invocations refused for lack of concurrency. @default - 1 */
  readonly functionThrottles?: number;
  /** Days to the end of the certificate. @default - below 30 */
  readonly certificateDays?: number;
}
