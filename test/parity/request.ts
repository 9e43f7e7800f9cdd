/** A request of the parity table: who calls, what is sent, and what every projection must report. */

export type ExpectedAccess = 'allow' | 'unauthenticated' | 'forbidden' | 'no-route';

/** Well formed, or which part rejects it first: API Gateway by its body model, or the function, which checks everything. */
export type ExpectedInput = 'valid' | 'rejected-at-gateway' | 'rejected-by-lambda';

/** What goes over the wire. */
export interface Message {
  readonly method: string;
  /** Percent-encoded, as it is sent. */
  readonly path: string;
  /** Percent-encoded, without the question mark. */
  readonly query?: string;
  /**
   * Several values are several lines; an empty list removes the `content-type` of a body. In `authorization`,
   * `{token}` stands for a valid token of the row's roles, or of a viewer. Default: `Bearer {token}` if there are roles.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, with its `content-type`. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
}

export interface ParityRequest extends Message {
  readonly name: string;
  /** Roles in the caller's token; `undefined`: no token. */
  readonly roles: readonly string[] | undefined;
  readonly access: ExpectedAccess;
  /** Evaluated only if `access` is `allow`: a denied request's input is never checked. */
  readonly input: ExpectedInput;
  /** The function rejects it by a rule that no schema can express, so the public document reports nothing. */
  readonly beyondSchemas?: true;
}

/** Any well-formed identifier; no document has it. */
export const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';

/** A row about input alone: an admin sends it. */
export function fromAdmin(
  name: string,
  message: Message,
  input: ExpectedInput,
  more: Pick<ParityRequest, 'beyondSchemas'> = {},
): ParityRequest {
  return { name, ...message, roles: ['admin'], access: 'allow', input, ...more };
}
