/**
 * What is paid for logs, metrics and alarms in us-east-1, in USD, without free tiers.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/ (read in November 2026)
 */
export const PRICES = {
  /** For a GB of logs of AWS services and of Lambda, up to so many GB a month of an account. */
  ingestion: [
    { upToGb: 10_240, usd: 0.5 },
    { upToGb: 30_720, usd: 0.25 },
    { upToGb: 51_200, usd: 0.1 },
    { upToGb: Number.POSITIVE_INFINITY, usd: 0.05 },
  ],
  /** For a GB and month, of compressed logs. */
  storage: 0.03,
  /** AWS's estimate of what is left of a byte. */
  compressed: 0.15,
  metric: 0.3,
  /** For each metric that an alarm reads. A band of an anomaly counts as three. */
  alarmMetric: 0.1,
  band: 0.3,
  compositeAlarm: 0.5,
  dashboard: 3,
  insightRule: 0.5,
  /** For a million entries that match a rule. */
  matched: 0.02,
} as const;
