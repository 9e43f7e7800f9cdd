import type { AuthorizerEvent } from './event.ts';

/** The client of a request. */
export interface RequestClient {
  /** Empty where neither token nor certificate names one. */
  readonly client: string;
  /** Whether a certificate names it, without a list of names in the settings: then it has to be registered. */
  readonly byCertificate: boolean;
}

/** Finds the client of a request whose token names a client. */
export type RequestClients = (event: AuthorizerEvent, tokenClient: string) => RequestClient | Promise<RequestClient>;

/** Without mutual TLS, the client is that of the token. */
export const tokenClients: RequestClients = (_, client) => ({ client, byCertificate: false });
