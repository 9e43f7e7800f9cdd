/** What is sent to a channel. */
export interface ChannelRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request with a JSON body. */
export function jsonRequest(
  url: string,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): ChannelRequest {
  return { url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
}
