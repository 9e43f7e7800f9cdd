/** A WAFv2 web ACL of the template, its rules sorted by priority. */
export interface WebAclModel {
  readonly name: string;
  readonly arn: string;
  readonly metricName: string;
  readonly defaultAction: Readonly<Record<string, unknown>>;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly customResponseBodies: Readonly<Record<string, { readonly contentType: string; readonly content: string }>>;
  /** Ranges (CIDR) of the stack's IP sets, by ARN. */
  readonly ipSets: Readonly<Record<string, readonly string[]>>;
  /** Regular expressions of the stack's pattern sets, by ARN. */
  readonly patternSets?: Readonly<Record<string, readonly string[]>>;
  /** Bytes of a body that rules inspect. */
  readonly inspectedBodyBytes: number;
}
