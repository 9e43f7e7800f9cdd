import { spawn } from 'node:child_process';

/** A position in a file, counted from 0 as the Language Server Protocol does. */
interface Position {
  readonly line: number;
  readonly character: number;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
}

const root = new URL('../..', import.meta.url).pathname;
const HEADER_END = '\r\n\r\n';

/**
 * The language service of the installed TypeScript, as editors start it.
 *
 * @see https://microsoft.github.io/language-server-protocol/
 */
export function startLanguageServer() {
  const server = spawn(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--lsp', '--stdio'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Map<number, (result: unknown) => void>();
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}${HEADER_END}${body}`);
  };
  const receive = ({ id, method, result }: Message) => {
    if (id === undefined) return;
    // A request of the server, such as for settings: there are none.
    if (method !== undefined) send({ id, result: null });
    else waiting.get(id)?.(result);
  };
  server.stdout.on('data', messageReader(receive));
  let last = 0;
  const request = (method: string, params: object) =>
    new Promise<unknown>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      send({ id: last, method, params });
    });
  return {
    async open(file: string, text: string): Promise<void> {
      await request('initialize', { processId: process.pid, rootUri: `file://${root}`, capabilities: {} });
      send({ method: 'initialized', params: {} });
      const textDocument = { uri: `file://${file}`, languageId: 'typescript', version: 1, text };
      send({ method: 'textDocument/didOpen', params: { textDocument } });
    },
    /** The labels that an editor offers at a position. */
    async complete(file: string, position: Position): Promise<readonly string[]> {
      const params = { textDocument: { uri: `file://${file}` }, position, context: { triggerKind: 1 } };
      const result = await request('textDocument/completion', params);
      const items = Array.isArray(result) ? result : (result as { readonly items?: readonly unknown[] } | null)?.items;
      return (items ?? []).map((item) => String((item as { readonly label: unknown }).label));
    },
    stop: () => server.kill(),
  };
}

function messageReader(receive: (message: Message) => void): (data: Buffer) => void {
  let buffer = Buffer.alloc(0);
  return (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (let end = buffer.indexOf(HEADER_END); end !== -1; end = buffer.indexOf(HEADER_END)) {
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.toString('utf8', 0, end))?.[1]);
      const start = end + HEADER_END.length;
      if (buffer.length < start + length) return;
      const body = buffer.toString('utf8', start, start + length);
      buffer = buffer.subarray(start + length);
      receive(JSON.parse(body));
    }
  };
}
