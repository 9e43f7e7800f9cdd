import { createHash } from 'node:crypto';

/** What the sign-in page shows. */
export interface LoginPage {
  /** Where its form goes. */
  readonly action: string;
  /** The client that asks, shown to the reader. */
  readonly client: string;
  readonly username: string;
  /** Known roles as choices; when empty, a text field. */
  readonly roles: readonly string[];
  readonly tiers: readonly string[];
  /** What was wrong with the last try. */
  readonly fault?: string;
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 26rem; margin: 4rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
label, legend { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
fieldset { border: 0; margin: 0; padding: 0; }
fieldset label { display: flex; gap: .5rem; align-items: center; margin: .25rem 0; font-weight: 400; }
input[type=text], select, button { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; }
button { margin-top: 1rem; }
[role=alert] { border-left: .25rem solid #c00; padding-left: .75rem; }
:focus-visible { outline: .2rem solid #06c; outline-offset: .1rem; }
`;

/** The style is allowed by its hash, so the policy needs no `unsafe-inline`. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * The content security policy of the issuer's pages: no script, no other source.
 *
 * @param redirectOrigin the client's origin. A browser applies `form-action` to the redirects after a form as well, so
 *   the way back to the app has to be allowed.
 */
export function contentSecurityPolicy(redirectOrigin?: string): string {
  const targets = ["'self'", ...(redirectOrigin === undefined ? [] : [redirectOrigin])].join(' ');
  const rules = [
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${targets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return `default-src 'none'; ${rules.join('; ')}`;
}

/** The page where a developer says who to sign in as. There is no password: it serves this machine only. */
export function loginPage(page: LoginPage): string {
  return document(
    'Sign in',
    `<h1>Sign in</h1>
<p>${escapeHtml(page.client)} asks you to sign in. This is the local issuer: pick any name, and the roles and tier to try.</p>
${page.fault === undefined ? '' : `<p role="alert">${escapeHtml(page.fault)}</p>`}
<form method="post" action="${escapeHtml(page.action)}">
<label for="username">Username</label>
<input type="text" id="username" name="username" value="${escapeHtml(page.username)}" required maxlength="128" autocomplete="username" autofocus>
${roleFields(page.roles)}
${tierField(page.tiers)}
<button type="submit">Sign in</button>
<button type="submit" name="abort" value="yes" formnovalidate>Cancel</button>
</form>`,
  );
}

function roleFields(roles: readonly string[]): string {
  if (roles.length === 0) {
    return '<label for="roles">Roles, separated by spaces</label>\n<input type="text" id="roles" name="roles" maxlength="1000">';
  }
  const boxes = roles.map(
    (role) => `<label><input type="checkbox" name="roles" value="${escapeHtml(role)}"> ${escapeHtml(role)}</label>`,
  );
  return `<fieldset><legend>Roles</legend>\n${boxes.join('\n')}</fieldset>`;
}

function tierField(tiers: readonly string[]): string {
  if (tiers.length === 0)
    return '<label for="tier">Tier</label>\n<input type="text" id="tier" name="tier" maxlength="128">';
  const options = tiers.map((tier) => `<option>${escapeHtml(tier)}</option>`).join('');
  return `<label for="tier">Tier</label>\n<select id="tier" name="tier">${options}</select>`;
}

/** A page that says why a sign-in went no further. */
export function errorPage(error: string, description: string): string {
  return document(
    'Sign-in failed',
    `<h1>Sign-in failed</h1>\n<p role="alert">${escapeHtml(description || error)}</p>\n<p>Code: ${escapeHtml(error)}</p>`,
  );
}

function document(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>
${body}
</main></body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
