import { connect } from 'node:net';
import { clientHello, type Hello } from './clientHello.ts';
import type { Failure } from './facts.ts';
import { failureOf, lateness } from './failure.ts';
import { readFlight, type ServerFlight } from './serverHello.ts';

/** What came back for one hello; `no-response` with the reason when nothing did. */
export type ProbeResult =
  | Exclude<ServerFlight, { readonly kind: 'incomplete' }>
  | ({ readonly kind: 'no-response' } & Failure);

/** Where to connect, and how long at most. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly timeoutMs: number;
}

/** A chain of OpenSSL has at most 100 KB. */
const MAX_FLIGHT_BYTES = 131_072;

/** Sends one ClientHello, reads what the server sends, and closes. The limit of time is for all of it, so a slow drip ends too. */
export function probe({ address, port, host, timeoutMs }: Target, hello: Hello): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect({ host: address, port });
    const end = (result: ProbeResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => end({ kind: 'no-response', ...lateness('the server did not respond', timeoutMs) }),
      timeoutMs,
    );
    socket.once('connect', () => socket.write(clientHello(hello, host)));
    socket.on('data', (part) => {
      received = Buffer.concat([received, part]);
      const flight = readFlight(received);
      if (flight.kind !== 'incomplete') return end(flight);
      if (received.length > MAX_FLIGHT_BYTES) end({ kind: 'not-tls', start: `more than ${MAX_FLIGHT_BYTES} bytes` });
    });
    socket.once('error', (error) => end({ kind: 'no-response', ...failureOf(error) }));
    socket.once('close', () => end({ kind: 'no-response', reason: 'the server closed the connection' }));
  });
}
