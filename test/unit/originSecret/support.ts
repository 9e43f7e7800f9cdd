import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A service of AWS that stops working after some requests. */
export interface OriginServices {
  readonly environment: Readonly<Record<string, string>>;
  /** What the distribution sends; undefined before the first value. */
  value: string | undefined;
  /** Version of the store. */
  version: number;
  /** The patterns of the web ACL. */
  patterns: string[];
  /** Last change of the store, milliseconds since the epoch. */
  changed: number;
  /** Requests that still work. */
  left: number;
  /** Runs before a request works on the state. */
  before: (request: string) => void;
  readonly requests: { readonly name: string; readonly request: IncomingMessage; readonly body: string }[];
  close(): Promise<void>;
}

const STORE = 'arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d';
const SETTINGS = {
  storeArn: STORE,
  patternSet: { id: 'set-1', name: 'Origin', region: 'eu-west-1' },
  everyDays: 30,
};
const ACCESS_KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** The parts of the KeyValueStore's data API and of WAF that the function calls, on loopback. */
export async function originServices(): Promise<OriginServices> {
  let lock = 1;
  const state: Omit<OriginServices, 'environment' | 'close'> = {
    value: undefined,
    version: 1,
    patterns: ['^\\x00$'],
    changed: Date.now(),
    left: Number.POSITIVE_INFINITY,
    before: () => undefined,
    requests: [],
  };
  const operations: Readonly<Record<string, (input: Record<string, unknown>, request: IncomingMessage) => unknown>> = {
    describe: () => ({ LastModified: state.changed / 1000 }),
    get: () => (state.value === undefined ? 404 : { Key: 'origin', Value: state.value }),
    put: ({ Value }, { headers }) => {
      if (headers['if-match'] !== `v${state.version}`) return 412;
      [state.value, state.changed] = [String(Value), Date.now()];
      state.version += 1;
      return { ItemCount: 1 };
    },
    GetRegexPatternSet: () => ({
      RegexPatternSet: { RegularExpressionList: state.patterns.map((RegexString) => ({ RegexString })) },
      LockToken: `l${lock}`,
    }),
    UpdateRegexPatternSet: ({ LockToken, RegularExpressionList }) => {
      if (LockToken !== `l${lock}`) return { __type: 'WAFOptimisticLockException' };
      state.patterns = (RegularExpressionList as { RegexString: string }[]).map(({ RegexString }) => RegexString);
      lock += 1;
      return {};
    },
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const name = nameOf(request);
    state.requests.push({ name, request, body });
    state.before(name);
    state.left -= 1;
    const result = state.left < 0 ? 400 : operations[name]?.(body === '' ? {} : JSON.parse(body), request);
    const isError = typeof result === 'object' && result !== null && '__type' in result;
    response.statusCode = typeof result === 'number' ? result : isError ? 400 : 200;
    response.setHeader('etag', `v${state.version}`);
    response.end(typeof result === 'object' ? JSON.stringify(result) : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secretAccessKey,
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL: url,
    SECURE_API_ORIGIN_SECRET: JSON.stringify(SETTINGS),
  };
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return Object.assign(state, { environment, close });
}

function nameOf({ method, url = '', headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.replace('AWSWAF_20190729.', '');
  const path = `/key-value-stores/${encodeURIComponent(STORE)}`;
  if (url === path) return 'describe';
  return url === `${path}/keys/origin` ? String(method).toLowerCase() : 'unknown';
}
