/** A debugger that speaks the Chrome DevTools Protocol to the workers of a process, as editors do. */
export interface Debugger {
  /** Sends a command to the worker that the last event was of. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** Waits for an event of a worker that fulfills the condition; earlier ones count. */
  event(method: string, isMeant?: (params: Params) => boolean): Promise<Params>;
  close(): void;
}

type Params = Record<string, unknown>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
}

/** Attaches to a process, and to every worker with `Debugger.enable`. */
export async function attach(address: string): Promise<Debugger> {
  const socket = new WebSocket(address);
  await new Promise((done) => socket.addEventListener('open', done));
  const results = new Map<number, (result: Params) => void>();
  const events: { readonly session: string; readonly message: Message }[] = [];
  const waiting = new Set<() => void>();
  let session = '';
  let last = 0;
  const nextId = () => {
    last += 1;
    return last;
  };
  const call = (method: string, params: object) => socket.send(JSON.stringify({ id: nextId(), method, params }));
  const send = (method: string, params: object = {}, sessionId = session) => {
    const id = nextId();
    const result = new Promise<Params>((done) => results.set(id, done));
    call('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) });
    return result;
  };
  socket.addEventListener('message', ({ data }) => {
    const { method, params = {} } = JSON.parse(String(data)) as Message;
    const sessionId = String(params['sessionId']);
    if (method === 'NodeWorker.attachedToWorker') void send('Debugger.enable', {}, sessionId);
    if (method !== 'NodeWorker.receivedMessageFromWorker') return;
    const message = JSON.parse(String(params['message'])) as Message;
    if (message.id !== undefined) return results.get(message.id)?.(message.result ?? {});
    events.push({ session: sessionId, message });
    for (const check of waiting) check();
  });
  call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    send,
    event: (method, isMeant = () => true) =>
      new Promise((done) => {
        const check = () => {
          const found = events.find(({ message }) => message.method === method && isMeant(message.params ?? {}));
          if (found === undefined) return;
          waiting.delete(check);
          session = found.session;
          done(found.message.params ?? {});
        };
        waiting.add(check);
        check();
      }),
    close: () => socket.close(),
  };
}
