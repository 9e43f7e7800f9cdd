import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { readBody } from '../loopback.ts';
import { API_RESOURCE, API_SCOPE, TTL } from './configuration.ts';
import type { Identities } from './identities.ts';
import { type Identity, type IdentityOptions, identityFault } from './identity.ts';
import { contentSecurityPolicy, errorPage, loginPage } from './pages.ts';

/** A form of a few short fields. */
const FORM_LIMIT = 16 * 1024;

/** Subjects that a developer may sign in as. */
const USERNAME = /^[^\s\p{C}][^\p{C}]{0,127}$/u;

/** Answers the sign-in page and its form. */
export type InteractionHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The sign-in page at `/interaction/<uid>`. GET shows it; POST signs in and gives the client its grant. The provider
 * ties each interaction to a signed, same-site cookie, so no other page can post the form.
 */
export function createInteractions(
  provider: Provider,
  options: IdentityOptions,
  identities: Identities,
): InteractionHandler {
  return async (request, response) => {
    let interaction: Interaction;
    try {
      interaction = await provider.interactionDetails(request, response);
    } catch {
      const text = errorPage('invalid_request', 'This sign-in has ended or belongs to another browser. Start again.');
      return sendPage(response, 400, text);
    }
    if (request.method !== 'POST') return showLogin(response, interaction, options);
    const form = new URLSearchParams(await readBody(request, FORM_LIMIT));
    if (form.get('abort') !== null) {
      const result = { error: 'access_denied', error_description: 'the sign-in was cancelled' };
      return provider.interactionFinished(request, response, result);
    }
    const { username, identity } = readForm(form);
    const fault = USERNAME.test(username)
      ? identityFault(identity, options)
      : 'Give a username of 1 to 128 characters.';
    if (fault !== undefined) return showLogin(response, interaction, options, fault);
    const grantId = await grant(provider, interaction, username);
    await identities.keep(grantId, identity, TTL.Grant);
    const result = { login: { accountId: username }, consent: { grantId } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
}

function readForm(form: URLSearchParams): { username: string; identity: Identity } {
  const roles = form.getAll('roles').flatMap((text) => text.split(/\s+/).filter((role) => role !== ''));
  const tier = form.get('tier')?.trim() ?? '';
  const identity = { roles: [...new Set(roles)], ...(tier === '' ? {} : { tier }) };
  return { username: form.get('username')?.trim() ?? '', identity };
}

/** A new grant for each sign-in: roles picked now do not change what an earlier one got. */
async function grant(provider: Provider, { params }: Interaction, accountId: string): Promise<string> {
  const made = new provider.Grant({ accountId, clientId: String(params['client_id']) });
  made.addOIDCScope(String(params['scope'] ?? ''));
  for (const resource of [params['resource'] ?? API_RESOURCE].flat()) {
    made.addResourceScope(String(resource), API_SCOPE);
  }
  return made.save();
}

function showLogin(
  response: ServerResponse,
  { uid, params, session }: Interaction,
  { roles, tiers }: IdentityOptions,
  fault?: string,
): void {
  const text = loginPage({
    action: `/interaction/${uid}`,
    client: String(params['client_id']),
    username: String(session?.accountId ?? params['login_hint'] ?? ''),
    roles,
    tiers,
    ...(fault === undefined ? {} : { fault }),
  });
  sendPage(response, fault === undefined ? 200 : 422, text, URL.parse(String(params['redirect_uri']))?.origin);
}

function sendPage(response: ServerResponse, status: number, text: string, redirectOrigin?: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(redirectOrigin),
  });
  response.end(text);
}
