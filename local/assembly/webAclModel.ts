/** A part of requests that WAF replaces with `REDACTED`. */
export interface RedactedField {
  readonly kind: 'header' | 'cookie' | 'query' | 'path' | 'method';
  /** In lower case. @default - all of the kind */
  readonly names?: readonly string[];
}

/** Holds when all of its conditions hold, or any of them. */
export interface LogFilter {
  readonly keeps: boolean;
  readonly needsAll: boolean;
  readonly conditions: readonly ({ readonly action: string } | { readonly label: string })[];
}

/** Which evaluations a web ACL logs, and where. */
export interface WebAclLogModel {
  /** Of the logging configuration. */
  readonly logicalId: string;
  readonly logGroup: string;
  readonly redacted: readonly RedactedField[];
  readonly filters: readonly LogFilter[];
  /** Whether it logs what no filter matches. */
  readonly keepsOthers: boolean;
}

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
  /** @default - nothing is logged */
  readonly log?: WebAclLogModel;
}
