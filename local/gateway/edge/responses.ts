/** Responses that CloudFront makes itself, and the headers that it adds to others. */
import type { ResponseHeadersModel } from '../../assembly/edgeModel.ts';
import type { HttpResponse } from '../step.ts';

type Headers = readonly (readonly [string, string])[];

/** What a response at the edge is about. */
export interface EdgeResponseContext {
  /** `x-amz-cf-id`. */
  readonly id: string;
  /** Domain of the distribution. */
  readonly domainName: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  403: 'Request blocked',
  413: 'Request body too large',
  417: 'Expectation failed',
  421: 'Misdirected request',
  502: 'Bad gateway',
  503: 'The function of the distribution failed',
};

/** The page of an error. It contains nothing of the request and nothing of the API. */
export function errorPage(status: number): HttpResponse {
  const title = TITLES[status] ?? 'Error';
  const body = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${status} ${title}</title></head>
<body><h1>${status}</h1><p>The request could not be satisfied: ${title.toLowerCase()}.</p></body></html>
`;
  return { kind: 'response', status, headers: [['content-type', 'text/html; charset=utf-8']], body };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html: 301 for GET and HEAD, 307 otherwise. */
export function redirect(method: string, location: string): HttpResponse {
  const status = method === 'GET' || method === 'HEAD' ? 301 : 307;
  const page = errorPage(status);
  const body = `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${status}</title></head><body></body></html>\n`;
  return { ...page, headers: [...page.headers, ['location', location]], body };
}

/** The headers that CloudFront adds to each response, its own and that of the origin. */
export function edgeHeaders({ id, domainName }: EdgeResponseContext, cache: string): Headers {
  return [
    ['x-cache', `${cache} from cloudfront`],
    ['via', `1.1 ${domainName} (CloudFront)`],
    ['x-amz-cf-pop', 'LOCAL-C1'],
    ['x-amz-cf-id', id],
  ];
}

/** Applies a response headers policy: what it removes first, then what it sets. */
export function applyPolicy(headers: Headers, policy: ResponseHeadersModel | undefined): Headers {
  if (policy === undefined) return headers;
  const sent = headers.filter(([name]) => !policy.remove.includes(name.toLowerCase()));
  const has = (name: string) => sent.some(([each]) => each.toLowerCase() === name);
  const set = policy.set.filter(({ name, override }) => override || !has(name));
  const replaced = new Set(set.map(({ name }) => name));
  return [
    ...sent.filter(([name]) => !replaced.has(name.toLowerCase())),
    ...set.map(({ name, value }) => [name, value] as const),
  ];
}
