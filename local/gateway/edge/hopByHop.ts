/** What of a request belongs to the connection of the viewer only (RFC 9110, section 7.6.1). */
import type { ViewerRequest } from './viewerRequest.ts';

/** A request has one for all recipients: without it, it would be another request. */
const FOR_ALL = ['host'];

/**
 * The request without the fields that `Connection` names, and without that. It comes before anything is added, so a client can name nothing
 * that the web ACL, the function or CloudFront adds.
 */
export function withoutHopByHop(request: ViewerRequest): ViewerRequest {
  const named = request.headers.flatMap(([name, value]) => (name === 'connection' ? value.split(',') : []));
  const dropped = new Set(['connection', ...named.map((option) => option.trim().toLowerCase())]);
  for (const name of FOR_ALL) dropped.delete(name);
  return { ...request, headers: request.headers.filter(([name]) => !dropped.has(name)) };
}
