import type { AuthorizerContext } from '../shared/wireContract.ts';

/**
 * The parts of a REQUEST event of a REST API that the authorizer reads (API Gateway Developer Guide, "Input to a Lambda
 * authorizer").
 */
export interface AuthorizerEvent {
  /** `arn:…:execute-api:region:account:api/stage/METHOD/path`, with the path of this request. */
  readonly methodArn: string;
  /** Path template, such as `/documents/{id}`. */
  readonly resource: string;
  readonly httpMethod: string;
  /** Path of the request below the stage. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly requestContext?: {
    readonly requestId?: string;
    /** Milliseconds since the epoch. */
    readonly requestTimeEpoch?: number;
    /** Host that the client called. */
    readonly domainName?: string;
    /** Path as the client called it: with the stage in front, unless a custom domain hides it. */
    readonly path?: string;
    readonly identity?: {
      readonly sourceIp?: string;
      /** With mutual TLS: the certificate of the client, in PEM. */
      readonly clientCert?: { readonly clientCertPem?: string } | null;
    };
  };
}

/** One statement of the returned policy. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: 'execute-api:Invoke';
  readonly Resource: readonly string[];
}

/** A policy as API Gateway evaluates and caches it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** What the authorizer returns ("Output from a Lambda authorizer"). */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: PolicyDocument;
  readonly context: AuthorizerContext;
  /** Value of the API key of the caller's client or tier, which picks the usage plan. */
  readonly usageIdentifierKey: string;
}
