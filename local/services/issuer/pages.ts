import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.125rem; margin: 1rem 0 0; }
form { margin: 1.5rem 0; padding: .25rem 1rem 1.25rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; }
label, legend { display: block; margin: 1rem 0 .25rem; padding: 0; font-weight: 600; }
fieldset { border: 0; margin: 1rem 0 0; padding: 0; }
legend { margin-top: 0; }
fieldset label { display: flex; gap: .5rem; align-items: center; margin: .25rem 0; font-weight: 400; }
input[type=checkbox] { width: 1.125rem; height: 1.125rem; margin: 0; }
input:not([type=checkbox]), select, button { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; }
button { margin-top: 1rem; border: 1px solid #0b57d0; border-radius: .25rem; background: #0b57d0; color: #fff; }
button.second { background: transparent; color: inherit; border-color: currentColor; }
.hint { margin: .25rem 0 0; font-size: .875rem; }
[role=alert] { border-left: .25rem solid #c00; padding-left: .75rem; }
:focus-visible { outline: .2rem solid light-dark(#06c, #7cf); outline-offset: .1rem; }
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

/** A page that says why a sign-in failed. */
export function errorPage(error: string, description: string): string {
  return document(
    'Sign-in failed',
    `<h1>Sign-in failed</h1>\n<p role="alert">${escapeHtml(description || error)}</p>\n<p>Code: ${escapeHtml(error)}</p>`,
  );
}

/** A whole page. */
export function document(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>
${body}
</main></body></html>`;
}

/** Escapes text for a page. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
