/**
 * Why a request without usable credentials is rejected; the client gets 401 and none of these. `docs/errors.md` has a line
 * for each.
 */
export type RejectReason =
  | 'authorization-missing'
  | 'authorization-duplicate'
  | 'authorization-too-large'
  | 'authorization-malformed'
  | 'scheme-unsupported'
  | 'token-malformed'
  | 'token-encrypted'
  | 'token-nested'
  | 'encoding-not-canonical'
  | 'member-repeated'
  | 'type-rejected'
  | 'critical-header-rejected'
  | 'key-header-rejected'
  | 'algorithm-rejected'
  | 'key-id-missing'
  | 'key-unknown'
  | 'key-unfit'
  | 'signature-invalid'
  | 'issuer-unknown'
  | 'audience-invalid'
  | 'client-invalid'
  | 'kind-rejected'
  | 'claim-rejected'
  | 'subject-invalid'
  | 'time-invalid'
  | 'expiry-missing'
  | 'expired'
  | 'not-yet-valid'
  | 'issued-in-future'
  | 'lifetime-too-long'
  | 'token-inactive'
  | 'token-revoked'
  | 'identifier-invalid'
  | 'claim-missing'
  | 'claim-invalid'
  | BindingReason;

/** Why a bound token does not belong to the caller (RFC 9449, RFC 8705). */
export type BindingReason =
  | 'confirmation-unsupported'
  | 'binding-missing'
  | 'binding-mismatch'
  | 'certificate-missing'
  | 'certificate-mismatch'
  | 'certificate-malformed'
  | 'certificate-revoked'
  | 'certificate-client-unknown'
  | 'certificate-client-mismatch'
  | 'proof-missing'
  | 'proof-duplicate'
  | 'proof-too-large'
  | 'proof-malformed'
  | 'proof-type-rejected'
  | 'proof-critical-header-rejected'
  | 'proof-algorithm-rejected'
  | 'proof-key-rejected'
  | 'proof-signature-invalid'
  | 'proof-method-mismatch'
  | 'proof-target-mismatch'
  | 'proof-time-invalid'
  | 'proof-token-mismatch'
  | 'proof-replayed';

/**
 * Why a caller with a valid token is denied the route (403). `roles-exclusive` means that a role of the caller has the
 * permission, but does not count together with another role that the caller has; `claim-mismatch` that a path parameter is not
 * what the route compares it with, such as the tenant of another caller.
 */
export type DenyReason =
  | 'permission-missing'
  | 'scope-missing'
  | 'roles-exclusive'
  | 'claim-mismatch'
  | 'route-unknown'
  | 'client-suspended';

/** Errors on our side (500): nothing was decided about the caller. */
export type ErrorReason =
  | 'configuration-invalid'
  | 'keys-unreachable'
  | 'keys-unusable'
  | 'secret-unreachable'
  | 'introspection-unreachable'
  | 'revocations-unreachable'
  | 'proofs-unreachable'
  | 'clients-unreachable'
  | 'revocation-unknown'
  | 'internal';

/** Every reason code; logged with each decision and the second dimension of its metric. */
export type Reason = 'permitted' | RejectReason | DenyReason | ErrorReason;

/** Whose token was rejected, for the log. */
export interface TokenOwner {
  readonly subject?: string;
  readonly client?: string;
  /** It expired a few minutes ago at most: honest clients renew some tokens late. */
  readonly justExpired?: true;
}

/** The credentials do not authenticate a caller. The message is the reason code, never a part of the token. */
export class TokenRejected extends Error {
  readonly reason: RejectReason;
  /** The declared claim that is the cause, for the log. */
  readonly claim: string | undefined;
  /** Whose token it is, where its issuer is proven. */
  readonly owner: TokenOwner | undefined;

  constructor(reason: RejectReason, claim?: string, owner?: TokenOwner) {
    super(reason);
    this.name = 'TokenRejected';
    this.reason = reason;
    this.claim = claim;
    this.owner = owner;
  }
}

/** No decision is possible: a setting is invalid, or a service that we need does not respond. */
export class AuthorizerFault extends Error {
  readonly reason: ErrorReason;

  /** The message of `cause` is logged, so it must contain no secret. */
  constructor(reason: ErrorReason, cause?: unknown) {
    super(cause instanceof Error ? `${reason}: ${cause.message}` : reason, { cause });
    this.name = 'AuthorizerFault';
    this.reason = reason;
  }
}
