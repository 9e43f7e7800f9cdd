/** Serves the front end on its own origin: `npm run web`. The options say where API and provider are. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'repeatable.js': 'text/javascript; charset=utf-8',
  'signIn.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
};

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'https://localhost:8443' },
    issuer: { type: 'string', default: 'https://localhost:8444' },
    client: { type: 'string', default: 'local-app' },
    scope: { type: 'string', default: 'openid api' },
    audience: { type: 'string' },
    port: { type: 'string', default: '5173' },
  },
});
const { api, issuer, client: clientId, scope, audience, port } = values;
const config = JSON.stringify({ api, issuer, clientId, scope, audience });
const policy = `default-src 'self'; connect-src 'self' ${new URL(api).origin} ${new URL(issuer).origin}; frame-ancestors 'none'`;

const server = createServer((request, response) => {
  const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1) || 'index.html';
  response.setHeader('content-security-policy', policy);
  if (name === 'config.json') return response.setHeader('content-type', 'application/json').end(config);
  const type = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (type === undefined) return response.writeHead(404).end();
  return response.setHeader('content-type', type).end(readFileSync(join(import.meta.dirname, name)));
});
server.listen(Number(port), 'localhost', () => console.log(`Serving the shop on http://localhost:${port}/`));
