/** The part of oidc-provider 9 that is used here; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Client {
    readonly clientId: string;
    readonly clientName?: string;
    readonly applicationType: string;
    readonly redirectUris: readonly string[];
    grantTypeAllowed(type: string): boolean;
  }

  /** Koa's context, with what the provider adds. */
  export interface Context {
    type: string;
    body: unknown;
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly oidc: {
      readonly session?: { readonly state?: { readonly secret?: string } };
      readonly route: string;
      readonly client?: Client;
      readonly params?: Record<string, unknown>;
      /** The parsed form of a request to the token endpoint, unknown members included. */
      readonly body?: Readonly<Record<string, unknown>>;
    };
  }

  export interface Token {
    readonly kind: string;
    readonly clientId: string;
    readonly scope?: string;
    readonly grantId?: string;
    readonly accountId?: string;
    readonly resourceServer?: { readonly accessTokenTTL?: number; identifier(): string };
  }

  export interface StructuredToken {
    /** Members that go beside, or in place of, those of the provider. */
    header: Readonly<Record<string, unknown>> | undefined;
    payload: Readonly<Record<string, unknown>>;
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
    readonly session?: { readonly accountId?: string };
  }

  interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    /** Koa's: no errors on the console. */
    silent: boolean;
    readonly Grant: new (properties: {
      accountId: string;
      clientId: string;
    }) => Grant;
    readonly Client: { readonly prototype: { redirectUriAllowed(this: Client, uri: string): boolean } };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
      options?: { readonly mergeWithLastSubmission?: boolean },
    ): Promise<void>;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this;
    on(event: string, listener: (context: Context, error: Error) => void): this;
  }

  export const errors: {
    readonly InvalidRequest: new (description: string) => Error;
    readonly InvalidScope: new (description: string, scope: string) => Error;
    readonly InvalidTarget: new (description?: string) => Error;
    readonly AccessDenied: new (description?: string) => Error;
  };
}
