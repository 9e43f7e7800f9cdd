import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  ORIGIN_HEADER,
  ORIGIN_KEY,
  VIEWER_ADDRESS,
  VIEWER_CERT_PEM,
  VIEWER_CERT_PRESENT,
} from '../../../../lambdas/shared/edgeHeaders.ts';
import { viewerRequestCode } from '../../../../lib/construct/cloudfront/viewerRequestCode.ts';

type Headers = Record<string, { value: string; multiValue?: readonly { value: string }[] }>;
type Result = { headers: Headers; statusCode?: number; body?: string };

/** Runs the code as CloudFront does: one script with a function `handler`, whose only module is `cloudfront`. */
async function run(headers: Headers, { secret = 'current', hasCertificates = false, ip = '192.0.2.7' } = {}) {
  const get = async (key: string) => {
    if (key !== ORIGIN_KEY || secret === '') throw new Error(`KeyNotFound ${key}`);
    return secret;
  };
  const code = viewerRequestCode(hasCertificates).replace("import cf from 'cloudfront';", '');
  const context = createContext({ cf: { kvs: () => ({ get }) } });
  runInContext(code, context);
  context['event'] = { request: { method: 'GET', uri: '/things', headers }, viewer: { ip } };
  return (await runInContext('handler(event)', context)) as Result;
}

describe('the function of viewer requests', () => {
  it('adds the secret, also in place of one that the client sends', async () => {
    expect((await run({})).headers[ORIGIN_HEADER]).toEqual({ value: 'current' });
    const guessed = { value: 'guess', multiValue: [{ value: 'guess' }, { value: 'other' }] };
    expect((await run({ [ORIGIN_HEADER]: guessed })).headers[ORIGIN_HEADER]).toEqual({ value: 'current' });
  });

  it('keeps everything else, the host and the token included', async () => {
    const sent = { host: { value: 'api.example.com' }, authorization: { value: 'Bearer a.b.c' } };
    expect((await run({ ...sent })).headers).toEqual({
      ...sent,
      [ORIGIN_HEADER]: { value: 'current' },
      [VIEWER_ADDRESS]: { value: '192.0.2.7' },
    });
  });

  it.each(['192.0.2.7', '2001:db8::7'])(
    'adds the address %s of the viewer, in place of one that it sends',
    async (ip) => {
      const forged = { value: '192.0.2.99', multiValue: [{ value: '192.0.2.99' }, { value: '192.0.2.98' }] };
      expect((await run({}, { ip })).headers[VIEWER_ADDRESS]).toEqual({ value: ip });
      expect((await run({ [VIEWER_ADDRESS]: forged }, { ip })).headers[VIEWER_ADDRESS]).toEqual({ value: ip });
    },
  );

  it('removes headers that only CloudFront should send, and those sent twice', async () => {
    const { headers } = await run({
      'cloudfront-viewer-country': { value: 'DE' },
      'cloudfront-forwarded-proto': { value: 'https' },
      [VIEWER_CERT_PEM]: { value: 'forged' },
      'cloudfront-viewer-address': { value: '192.0.2.7:1' },
    });
    expect(Object.keys(headers).sort()).toEqual([VIEWER_ADDRESS, ORIGIN_HEADER]);
  });

  it('keeps certificates where viewers present them, and only if CloudFront says that there is one', async () => {
    const forged = { [VIEWER_CERT_PEM]: { value: 'forged' }, [VIEWER_CERT_PRESENT]: { value: '0' } };
    const real = { [VIEWER_CERT_PEM]: { value: 'real' }, [VIEWER_CERT_PRESENT]: { value: '1' } };
    const certificateOf = async (headers: Headers, hasCertificates: boolean) =>
      (await run(headers, { hasCertificates })).headers[VIEWER_CERT_PEM]?.value;
    expect(await certificateOf({ ...real }, true)).toBe('real');
    expect(await certificateOf({ ...forged }, true)).toBeUndefined();
    expect(await certificateOf({ ...real }, false)).toBeUndefined();
  });

  it('returns 503 while there is no secret yet, without asking the API', async () => {
    const response = await run({}, { secret: '' });
    expect(response).toMatchObject({ statusCode: 503, headers: { 'cache-control': { value: 'no-store' } } });
    expect(JSON.parse(response.body ?? '')).toMatchObject({ status: 503, code: 'service-unavailable' });
  });

  it('is within the size that CloudFront accepts', () => {
    const source = readFileSync(new URL('../../../../lib/construct/cloudfront/viewerRequest.js', import.meta.url));
    expect(source.length).toBeLessThan(10_240);
  });
});
