import { readFileSync } from 'node:fs';
import { get } from 'node:https';

/** A response of the local gateway. */
export interface JsonResponse {
  readonly status: number | undefined;
  readonly body: unknown;
}

/** Gets a path of the local gateway on a new connection. */
export function getJson(
  { url, ca }: { readonly url: string; readonly ca: string },
  path: string,
): Promise<JsonResponse> {
  return new Promise((resolve, reject) => {
    get(new URL(path, url), { ca: readFileSync(ca), agent: false }, async (response) => {
      try {
        const chunks = await response.toArray();
        resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) });
      } catch (error) {
        reject(error);
      }
    }).on('error', reject);
  });
}
