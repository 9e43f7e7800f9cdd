/**
 * When alarms fire: at or above the threshold. Counts are whole numbers over five minutes, 1–3,000,000. A threshold that would always or never fire
 * is rejected; the synth warns of one whose alarm the API does not have. docs/alarms.md describes each alarm, and what each threshold can be.
 */
export interface AlarmThresholds {
  /**
   * Percentage of responses that are 5xx, over an hour and over five minutes, from which `server-errors` fires, 0.001–100; also of each distribution
   * of CloudFront. Beside `slo` it replaces the objective for the whole API, not for its groups.
   * @default - 14.4 times what the objective of the definition allows: 1.44 percent for 99.9
   */
  readonly serverErrorPercent?: number;
  /** Milliseconds in which 99 of 100 requests end, 10–29,000; it replaces `slo.p99`. @default - the objective of the definition, or 3,000 */
  readonly p99Ms?: number;
  /** Requests below which traffic is never unusual. @default - 600, two a second */
  readonly requests?: number;
  /**
   * Responses 401 to one address, or half of all responses: repeated failed logins, stolen or forged tokens. Three times as many in an
   * hour count in the slow window. @default - 20
   */
  readonly unauthorized?: number;
  /** Responses 403 to one caller, or half of all responses; three times as many in an hour in the slow window. @default - 20 */
  readonly forbidden?: number;
  /** Responses 404 to one address or caller, if they are also a hundredth of all requests. @default - 50 */
  readonly notFound?: number;
  /** Malformed requests of one address, if they are also a hundredth of all requests. @default - 50 */
  readonly malformed?: number;
  /** Responses 429 to a tier below which their share does not count. @default - 50 */
  readonly throttled?: number;
  /**
   * Sign-ins with a high risk in an hour, if they are also a hundredth of all sign-ins, with `threatProtection` of `Identity.cognito()`. Half as
   * many, two at least, in each of four hours count in the slow window.
   * @default - 3
   */
  readonly riskySignIns?: number;
  /**
   * Requests of one address that the web ACL blocked, or of all addresses if they are also a hundredth of all requests. Requests over a rate
   * have a separate alarm with this threshold, and so has CloudFront. The slow window counts three times as many in an hour.
   * @default - 50
   */
  readonly wafBlocked?: number;
  /** Requests that the authorizer could not decide for one cause, if they are also one of a thousand. @default - 3 */
  readonly authorizerErrors?: number;
  /**
   * Requests for which the authorizer returned no result and logged no reason, if they are also one of a thousand: it crashed, timed
   * out or was throttled. @default - 3
   */
  readonly authorizerFailures?: number;
  /** Duration of the slowest one percent of the authorizer's runs, in milliseconds, 10–15,000. @default - four fifths of its timeout */
  readonly authorizerMs?: number;
  /** Messages of webhooks that could not be verified or recorded. @default - 3 */
  readonly webhookErrors?: number;
  /** Crashed or timed-out invocations of functions that serve routes or sign-ins, if they are also one of a thousand. @default - 3 */
  readonly functionErrors?: number;
  /** Invocations that Lambda throttled because concurrency was used up, if they are also one of a thousand requests. @default - 5 */
  readonly functionThrottles?: number;
  /** Functions of the account and region that run at once, 2–100,000. @default - 800, four fifths of the usual quota */
  readonly concurrency?: number;
  /** Errors of DynamoDB on tables of the API. @default - 3 */
  readonly tableErrors?: number;
  /** Throttled reads and writes of tables of the API. @default - 5 */
  readonly tableThrottles?: number;
  /** Faults that the canary finds twice, an hour apart, 1–4. @default - 1 */
  readonly endpointFaults?: number;
  /** Days until the certificate of the domain expires, for the alarm, the rules and the canary, 1–197. @default - below 30 days */
  readonly certificateDays?: number;
}
