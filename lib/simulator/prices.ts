/** List prices in US dollars, without taxes, discounts and free tiers. */
export interface Prices {
  /** A million calls of a REST API; of the first 333 million a month, so large APIs pay less. */
  readonly apiMillion: number;
  readonly lambdaMillion: number;
  /** On Arm, of the first 7.5 billion GB-seconds a month. */
  readonly lambdaGbSecond: number;
  readonly wafMillion: number;
  /** A month. */
  readonly wafAcl: number;
  /** A month, for each rule or managed group in the web ACL. */
  readonly wafRule: number;
}

/** When the prices below were looked up; they change rarely, and downwards as a rule. */
export const PRICES_OF = '2026-11';

/**
 * https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/waf/pricing/, the same in both regions. AWS WAF costs the
 * same in all regions.
 */
const EVERYWHERE = {
  lambdaMillion: 0.2,
  lambdaGbSecond: 0.0000133334,
  wafMillion: 0.6,
  wafAcl: 5,
  wafRule: 1,
};

/** By region; https://aws.amazon.com/api-gateway/pricing/ (in the price list: `ApiGatewayRequest`, `EUC1-ApiGatewayRequest`). */
export const PRICES = {
  'us-east-1': { ...EVERYWHERE, apiMillion: 3.5 },
  'eu-central-1': { ...EVERYWHERE, apiMillion: 3.7 },
} as const satisfies Readonly<Record<string, Prices>>;

/** A region whose prices are known here. */
export type PricedRegion = keyof typeof PRICES;
