/** A request of the parity table: who calls, what is sent, and what every projection has to say of it. */

export type AccessVerdict = 'allow' | 'unauthenticated' | 'forbidden' | 'no-route';

/** Well formed, or who refuses it first: API Gateway by its model of the body, or the function, which checks everything. */
export type InputVerdict = 'valid' | 'refused-at-gateway' | 'refused-by-lambda';

/** What goes over the wire. */
export interface Message {
  readonly method: string;
  /** Percent-encoded, as it is sent. */
  readonly path: string;
  /** Percent-encoded, without the question mark. */
  readonly query?: string;
  /**
   * Several values are several lines, no value takes away the `content-type` that comes with a body. In `authorization`,
   * `{token}` stands for a valid token of the row's roles, or of a viewer. Default: `Bearer {token}` where there are roles.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON, with its `content-type`. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
}

export interface ParityRequest extends Message {
  readonly name: string;
  /** Roles that the caller proves; `undefined` is a caller who proves nothing. */
  readonly roles: readonly string[] | undefined;
  readonly access: AccessVerdict;
  /** Only asked where `access` is `allow`: nobody looks at the input of a request that is refused before. */
  readonly input: InputVerdict;
  /** The function refuses it by a rule that no schema can say, so the public document has no opinion. */
  readonly beyondSchemas?: true;
}

/** Any well-formed identifier; no document has it. */
export const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';

/** A row about input alone: an admin sends it. */
export function fromAdmin(
  name: string,
  message: Message,
  input: InputVerdict,
  more: Pick<ParityRequest, 'beyondSchemas'> = {},
): ParityRequest {
  return { name, ...message, roles: ['admin'], access: 'allow', input, ...more };
}
