/**
 * The OAuth scopes of an API (RFC 6749, section 3.3), each with what a client may do by it, in words for the person who is
 * asked to consent. A route asks for them by name; a user pool offers them.
 */
export type ScopesInput = Readonly<Record<string, string>>;
