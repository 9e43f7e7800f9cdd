import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { readBody } from '../loopback.ts';
import { type LoginParts, readLogin } from './loginForm.ts';
import { loginPage } from './loginPage.ts';
import { contentSecurityPolicy, errorPage } from './pages.ts';
import { TTL } from './providerConfiguration.ts';
import { personScopes } from './resourceServer.ts';
import type { RoleAssignments } from './roleAssignment.ts';
import { isSameUser } from './sameUser.ts';
import { API_RESOURCE, type TokenSettings } from './tokenSettings.ts';
import { listUsers } from './users.ts';

/** A form of a few short fields. */
const FORM_LIMIT = 16 * 1024;

/** Handles requests for the sign-in page and its form. */
export type InteractionHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface InteractionParts extends LoginParts {
  readonly roleAssignments: RoleAssignments;
}

/**
 * The sign-in page at `/interaction/<uid>`. GET shows it; POST signs in and gives the client its grant. The provider
 * ties each interaction to a signed, same-site cookie, so no other page can post the form. The person who signs in chooses
 * the roles, so the page is not for other users of this machine.
 */
export function createInteractions(provider: Provider, parts: InteractionParts): InteractionHandler {
  const { options, roleAssignments } = parts;
  return async (request, response) => {
    if (!isSameUser(request.socket)) {
      const text = errorPage(
        'access_denied',
        'Another user of this machine runs the gateway. Ask that user for a token.',
      );
      return sendPage(response, 403, text);
    }
    let interaction: Interaction;
    try {
      interaction = await provider.interactionDetails(request, response);
    } catch {
      const text = errorPage('invalid_request', 'This sign-in has ended or belongs to another browser. Start again.');
      return sendPage(response, 400, text);
    }
    if (request.method !== 'POST') return showLogin(response, interaction, parts);
    const form = new URLSearchParams(await readBody(request, FORM_LIMIT));
    if (form.get('abort') !== null) {
      const result = { error: 'access_denied', error_description: 'the sign-in was cancelled' };
      return provider.interactionFinished(request, response, result);
    }
    const signIn = await readLogin(form, parts);
    if (typeof signIn === 'string') return showLogin(response, interaction, parts, signIn);
    const grantId = await grant(provider, { interaction, accountId: signIn.username, options });
    await roleAssignments.keep(grantId, signIn.assignment, TTL.Grant);
    const result = { login: { accountId: signIn.username }, consent: { grantId } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
}

/** A new grant for each sign-in: roles picked now do not change what an earlier one got. */
async function grant(
  provider: Provider,
  request: { readonly interaction: Interaction; readonly accountId: string; readonly options: TokenSettings },
): Promise<string> {
  const { params } = request.interaction;
  const clientId = String(params['client_id']);
  const made = new provider.Grant({ accountId: request.accountId, clientId });
  made.addOIDCScope(String(params['scope'] ?? ''));
  const allowed = personScopes(clientId, request.options).join(' ');
  for (const resource of [params['resource'] ?? API_RESOURCE].flat()) made.addResourceScope(String(resource), allowed);
  return made.save();
}

function showLogin(
  response: ServerResponse,
  { uid, params, session }: Interaction,
  { data, options: { roles, tiers, clients, claims } }: LoginParts,
  fault?: string,
): void {
  const client = String(params['client_id']);
  // Groups of a user pool do not end by themselves.
  const isPool = clients.some(({ id, userPool }) => id === client && userPool !== undefined);
  const text = loginPage({
    action: `/interaction/${uid}`,
    client,
    temporaryRoles: isPool ? [] : roles,
    username: String(session?.accountId ?? params['login_hint'] ?? ''),
    users: listUsers(data),
    roles,
    tiers,
    claims: Object.entries(claims).map(([name, { optional }]) => ({ name, required: !optional })),
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
