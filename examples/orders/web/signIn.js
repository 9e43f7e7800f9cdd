/** Sign-in by the code flow with PKCE (RFC 7636). The token stays in memory, so no other page can read it. */

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const randomString = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const redirectUri = `${location.origin}/`;

const providerOf = async ({ issuer }) => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  return response.json();
};

/** Leaves the page for the provider's. */
export async function startSignIn(config) {
  const { authorization_endpoint } = await providerOf(config);
  const started = { verifier: randomString(), state: randomString() };
  sessionStorage.setItem('sign-in', JSON.stringify(started));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(started.verifier));
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri,
    scope: config.scope,
    state: started.state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: 'S256',
    ...(config.audience === undefined ? {} : { audience: config.audience }),
  }).toString();
  location.assign(url);
}

/** The token of a sign-in that has come back to this page; undefined where none has. */
export async function finishSignIn(config) {
  const returned = new URLSearchParams(location.search);
  const started = JSON.parse(sessionStorage.getItem('sign-in') ?? 'null');
  if (!returned.has('state') || started === null) return undefined;
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', redirectUri);
  if (returned.get('state') !== started.state) throw new Error('This sign-in was not started here.');
  const code = returned.get('code');
  if (code === null) throw new Error(returned.get('error_description') ?? 'The sign-in was cancelled.');
  const { token_endpoint } = await providerOf(config);
  const response = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: config.clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: started.verifier,
    }),
  });
  if (!response.ok) throw new Error('The provider gave no token.');
  return (await response.json()).access_token;
}
