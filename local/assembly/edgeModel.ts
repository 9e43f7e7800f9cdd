/** The model of CloudFront: the distributions in front of an API, with the functions and policies that they use. Plain readonly data. */
import type { WebAclModel } from './webAclModel.ts';

/** A CloudFront function, or a connection function. */
export interface EdgeFunctionModel {
  readonly arn: string;
  readonly name: string;
  /** JavaScript for `cloudfront-js-2.0`. */
  readonly code: string;
  /** ARN of the key value store that is associated with it. */
  readonly keyValueStore?: string;
}

export interface KeyValueStoreModel {
  readonly arn: string;
  readonly name: string;
}

export interface RegexPatternSetModel {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  /** Regular expressions of the template. */
  readonly patterns: readonly string[];
}

/** Which parts of a request a policy forwards: none, those listed, all, or all but those listed. */
export interface ForwardedModel {
  readonly behavior: string;
  /** Names, in lower case for headers. */
  readonly names: readonly string[];
}

/** `AWS::CloudFront::OriginRequestPolicy`, or a managed one. */
export interface OriginRequestModel {
  readonly headers: ForwardedModel;
  readonly cookies: ForwardedModel;
  readonly queryStrings: ForwardedModel;
}

/** A header that a response headers policy sets; without `override` only where the origin sends none. */
export interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

export interface ResponseHeadersModel {
  readonly set: readonly PolicyHeader[];
  /** Names of headers of the origin that are removed, in lower case. */
  readonly remove: readonly string[];
}

/** Client certificates of viewers. */
export interface ViewerMtlsModel {
  readonly mode: 'required' | 'optional';
  /** The certificates of the trust store, PEM. */
  readonly caPem: string;
  readonly ignoresExpiry: boolean;
  /** Whether the names of the CAs are sent to clients. */
  readonly advertisesNames: boolean;
  readonly connectionFunction?: EdgeFunctionModel;
}

/** A distribution whose origin is an API of the assembly. */
export interface DistributionModel {
  readonly logicalId: string;
  readonly id: string;
  /** Such as `d111111abcdef8.cloudfront.net`. */
  readonly domainName: string;
  readonly aliases: readonly string[];
  /** Id of the API behind it. */
  readonly apiId: string;
  /** What happens to plain HTTP. `allow-all` serves it. */
  readonly http: 'redirect-to-https' | 'https-only' | 'allow-all';
  readonly http2: boolean;
  /** `MinimumProtocolVersion`, such as `TLSv1.3_2025`. */
  readonly viewerPolicy: string;
  readonly methods: readonly string[];
  readonly originHeaders: readonly (readonly [string, string])[];
  readonly originRequest?: OriginRequestModel;
  readonly responseHeaders?: ResponseHeadersModel;
  readonly viewerRequest?: EdgeFunctionModel;
  readonly webAcl?: WebAclModel;
  readonly mtls?: ViewerMtlsModel;
}

/** What the stacks of an API define for the edge. */
export interface EdgeModel {
  /** In front of its APIs. */
  readonly distributions: readonly DistributionModel[];
  readonly keyValueStores: readonly KeyValueStoreModel[];
  readonly regexPatternSets: readonly RegexPatternSetModel[];
}
