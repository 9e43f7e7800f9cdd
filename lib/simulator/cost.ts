import type { Prices } from './prices.ts';
import type { TrialResult } from './simulate.ts';

/** What a request costs in computing. */
export interface Work {
  readonly handlerMs: number;
  readonly handlerMemoryMb: number;
  /** Rules and managed groups of the web ACL. */
  readonly wafRules: number;
}

/** US dollars. */
export interface Cost {
  readonly api: number;
  readonly lambda: number;
  readonly waf: number;
  /** All that grows with requests. */
  readonly run: number;
  /** The same traffic for a month, and the web ACL. */
  readonly month: number;
  /** The part of it that is due without any request. */
  readonly monthFixed: number;
}

/** Verifying a token from known keys takes about a millisecond at this size; the rest is the call and its response. */
const AUTHORIZER = { ms: 5, memoryMb: 256 };
/** The month of AWS price examples: 730 hours. */
const MONTH_SECONDS = 730 * 3600;
const MILLION = 1_000_000;
const MB_PER_GB = 1024;

/**
 * What a trial would cost on AWS. WAF is paid for every request. What API Gateway rejects by throttle or quota, or WAF blocks,
 * is no charged API call: AWS staff say so for the first (https://repost.aws/questions/QUY2x146iORPmsJHpff8u0eA) and a
 * community post for the second (https://repost.aws/questions/QUWAikrDqJSaCOrX2NMEHlGg), the price page for neither.
 * Logs, metrics, data transfer, tables and what handlers call are not counted.
 */
export function costOf(result: TrialResult, { handlerMs, handlerMemoryMb, wafRules }: Work, prices: Prices): Cost {
  const { total, seconds, authorizerCalls } = result;
  const gbSeconds = (ms: number, memoryMb: number) => (ms / 1000) * (memoryMb / MB_PER_GB);
  const lambdaCall = (ms: number, memoryMb: number) =>
    prices.lambdaMillion / MILLION + gbSeconds(ms, memoryMb) * prices.lambdaGbSecond;
  const api = (total.served * prices.apiMillion) / MILLION;
  const lambda =
    total.served * lambdaCall(handlerMs, handlerMemoryMb) +
    authorizerCalls * lambdaCall(AUTHORIZER.ms, AUTHORIZER.memoryMb);
  const waf = (total.sent * prices.wafMillion) / MILLION;
  const run = api + lambda + waf;
  const monthFixed = prices.wafAcl + wafRules * prices.wafRule;
  return { api, lambda, waf, run, month: (run * MONTH_SECONDS) / seconds + monthFixed, monthFixed };
}
