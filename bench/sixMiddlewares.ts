/** The peer of the pipeline: a handler of Middy with six middlewares of usual work. It validates nothing, logs nothing and checks no right. */
import middy from '@middy/core';

interface Event {
  readonly headers: Readonly<Record<string, string>>;
  body: unknown;
  headerNames?: Readonly<Record<string, string>>;
  query?: object;
}

interface Response {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

const SECURITY_HEADERS = [
  ['Strict-Transport-Security', 'max-age=63072000'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'"],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
] as const;

const normalizeHeaders = {
  before: ({ event }: { event: Event }) => {
    event.headerNames = Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
  },
};
const normalizeEvent = {
  before: ({ event }: { event: Event }) => {
    event.query ??= {};
  },
};
const parseBody = {
  before: ({ event }: { event: Event }) => {
    event.body = JSON.parse(String(event.body));
  },
};
const securityHeaders = {
  after: ({ response }: { response: Response }) => {
    for (const [name, value] of SECURITY_HEADERS) response.headers[name] = value;
  },
};
const cors = {
  after: ({ response }: { response: Response }) => {
    response.headers['Access-Control-Allow-Origin'] = 'https://app.example.com';
  },
};
const errorResponse = {
  onError: (request: { response: Response | null }) => {
    request.response = { statusCode: 500, headers: {}, body: '' };
  },
};

export const handler = middy()
  .use([
    normalizeHeaders,
    normalizeEvent,
    parseBody,
    securityHeaders,
    cors,
    errorResponse,
  ] as unknown as middy.MiddlewareObj[])
  .handler(async (event: unknown) => ({ statusCode: 201, headers: {}, body: JSON.stringify((event as Event).body) }));
