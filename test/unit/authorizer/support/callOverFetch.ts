import type { HttpCall, HttpResult } from '../../../../lambdas/shared/callHttp.ts';

/** Stands in for `callHttp` in a test that replaces `fetch`, so that requests to the addresses of AWS can be seen. */
export async function callOverFetch(address: string, { method, headers, body }: HttpCall): Promise<HttpResult> {
  const response = await fetch(
    new Request(address, { method: method ?? 'GET', headers: headers ?? {}, body: body ?? null }),
  );
  const { ok, status } = response;
  return {
    ok,
    status,
    headers: Object.fromEntries(response.headers),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
