/** Mean length of entries in bytes, without the end of the line, as `test/local/costs.test.ts` measures them at the local gateway. */
export interface EntryBytes {
  readonly access: number;
  readonly allowed: number;
  readonly failed: number;
  readonly metrics: number;
  readonly allowedDecision: number;
  readonly rejectedDecision: number;
  readonly decisionMetrics: number;
  /** The Lambda runtime writes the error that stands for a 401. */
  readonly invokeError: number;
}

export const NOW: EntryBytes = {
  access: 636,
  allowed: 455,
  failed: 471,
  metrics: 383,
  allowedDecision: 591,
  rejectedDecision: 443,
  decisionMetrics: 255,
  invokeError: 500,
};

/** The sample before alarms were made for any size, on 29 November 2026 at 12:06 UTC (`dafa0cda`): its bytes, and what its template had. */
export const BEFORE: EntryBytes = {
  access: 600,
  allowed: 280,
  failed: 297,
  metrics: 383,
  allowedDecision: 383,
  rejectedDecision: 316,
  decisionMetrics: 255,
  invokeError: 368,
};
export const BEFORE_PARTS = { alarmMetrics: 34, bands: 0, composites: 0, rules: 3, dashboards: 1, filterMetrics: 5 };

/** How requests are divided; the text of the page says it in words. */
export const MIX = {
  allowed: 0.98,
  /** 401 by the authorizer, of a token. */
  unauthorized: 0.01,
  /** 404 by a handler. */
  notFound: 0.005,
  /** 429 by the gateway. */
  throttled: 0.005,
  /** One client sends a request a second, and its decision is cached for a minute. */
  decisions: 1 / 60,
  /** Time of a handler, which says how many instances there are. */
  handlerSeconds: 0.05,
} as const;
export const LIMIT = 60;
