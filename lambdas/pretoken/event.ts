/**
 * The parts of its event that the trigger reads, and what it returns (Cognito Developer Guide, "Pre token generation Lambda
 * trigger", event version 3).
 */
export interface PretokenEvent {
  /** `TokenGeneration_…`: how the tokens were requested. */
  readonly triggerSource: string;
  readonly request: {
    readonly groupConfiguration?: { readonly groupsToOverride?: readonly string[] | null } | null;
    readonly scopes?: readonly string[] | null;
  };
  readonly response: object;
}

/** The changes of the access token; claims can be lists since version 2 of the event. */
export interface AccessTokenChange {
  readonly claimsToAddOrOverride: {
    readonly roles: readonly string[];
    readonly tier?: string;
    /** Of the definition. */
    readonly [claim: string]: string | readonly string[] | undefined;
  };
  readonly scopesToSuppress: readonly string[];
}
