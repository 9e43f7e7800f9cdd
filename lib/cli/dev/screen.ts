import { join } from 'node:path';
import type { Ready } from '../localPackage.ts';

/** What to print once it serves. */
export function serving({ url, ca, issuer, data, apis }: Ready): string {
  const others = apis.slice(1).map((api) => `  also     ${api.url} (${api.name})`);
  const lines = [
    `  CA       ${ca}`,
    `  issuer   ${issuer}`,
    `  logs     ${join(data, 'logs')}`,
    '  token    npx secure-api token --role <role>',
    ...others,
  ];
  return [...lines, `Serving ${url} (stop it with Ctrl-C)`].join('\n');
}
