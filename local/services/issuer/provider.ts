import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type Client } from 'oidc-provider';
import { isAllowedRedirect } from './clients.ts';
import { fillInDeviceCode } from './deviceFlow.ts';
import { createInteractions, type InteractionHandler } from './interaction.ts';
import { setIntrospectionIssuer } from './introspection.ts';
import { type ConfigurationParts, providerConfiguration } from './providerConfiguration.ts';

/** What the provider and its pages are made of. */
export interface ProviderParts extends ConfigurationParts {
  /** The issuer identifier. */
  readonly url: string;
  readonly data: string;
  readonly print: (line: string) => void;
}

/**
 * Handles requests with the provider. oidc-provider takes its keys and settings when it is created, so a rotation creates
 * another one, and so do other settings. All share the state, which holds everything in progress.
 *
 * @param partsOf returns the same object until its members change
 */
export function providerHandler(partsOf: () => ProviderParts): InteractionHandler {
  let made:
    | { readonly parts: ProviderParts; readonly version: string; readonly handle: InteractionHandler }
    | undefined;
  return (request, response) => {
    const parts = partsOf();
    const version = parts.keys.version();
    if (made?.parts !== parts || made.version !== version) made = { parts, version, handle: makeHandler(parts) };
    return made.handle(request, response);
  };
}

function makeHandler(parts: ProviderParts): InteractionHandler {
  const provider = createProvider(parts);
  const { data, tokenSettings: options, roleAssignments } = parts;
  return route(provider.callback(), createInteractions(provider, { data, options, roleAssignments }));
}

function createProvider(parts: ProviderParts): Provider {
  const provider = new Provider(parts.url, providerConfiguration(parts));
  provider.silent = true;
  provider.on('server_error', (_, error) => parts.print(`issuer: ${error.name}: ${error.message}`));
  provider.Client.prototype.redirectUriAllowed = function (this: Client, uri: string): boolean {
    return isAllowedRedirect(this.clientId, uri, parts.tokenSettings);
  };
  fillInDeviceCode(provider);
  setIntrospectionIssuer(provider, parts.tokenSettings);
  return provider;
}

function route(provider: InteractionHandler, interactions: InteractionHandler): InteractionHandler {
  const isInteraction = (request: IncomingMessage) =>
    ['GET', 'POST'].includes(request.method ?? '') && /^\/interaction\/[\w-]+$/.test(request.url ?? '');
  return (request: IncomingMessage, response: ServerResponse) =>
    (isInteraction(request) ? interactions : provider)(request, response);
}
