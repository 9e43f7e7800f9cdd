import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the authorizer sends to read one item, or several of one or more tables. */
interface Read {
  readonly Key?: { readonly id: { readonly S: string } };
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys: readonly { readonly id: { readonly S: string } }[] }>
  >;
}

/** The tables of clients and of revoked tokens: {@link items} are theirs, by id, and change while they are served. */
export async function startTables() {
  const items: Record<string, object> = {};
  const server = createServer(async (request, response) => {
    const { Key, RequestItems } = JSON.parse(await text(request)) as Read;
    if (Key !== undefined) return response.end(JSON.stringify({ Item: items[Key.id.S] }));
    const Responses = Object.fromEntries(
      Object.entries(RequestItems ?? {}).map(([name, { Keys }]) => [name, Keys.flatMap(({ id }) => items[id.S] ?? [])]),
    );
    response.end(JSON.stringify({ Responses }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, items, close: () => server.close() };
}
