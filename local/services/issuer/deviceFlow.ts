import type Provider from 'oidc-provider';
import type { Client, Context } from 'oidc-provider';
import { document, escapeHtml } from './pages.ts';

/** Where a person enters the code that a device shows (RFC 8628 section 3.3). */
const VERIFICATION_PATH = '/device';

/** The device flow of oidc-provider, with own pages: without script, and with labels. */
export function deviceFlow(): Readonly<Record<string, unknown>> {
  return {
    enabled: true,
    userCodeInputSource: async (ctx: Context, _form: string, _out: unknown, error?: Error) => {
      show(ctx, codePage({ xsrf: xsrfOf(ctx), ...(error === undefined ? {} : { fault: faultOf(error) }) }));
    },
    userCodeConfirmSource: async (ctx: Context, _form: string, client: Client, _info: unknown, code: string) => {
      show(ctx, confirmPage({ xsrf: xsrfOf(ctx), client: client.clientName ?? client.clientId, code }));
    },
    successSource: async (ctx: Context) => show(ctx, donePage()),
  };
}

/**
 * Fills in the code for a person who opens `verification_uri_complete` (RFC 8628 section 3.3.1). oidc-provider's own page for
 * that address is a form that a script sends, and no page here runs scripts.
 */
export function fillInDeviceCode(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const code = ctx.query['user_code'];
    if (ctx.method !== 'GET' || ctx.path !== VERIFICATION_PATH || typeof code !== 'string') return;
    show(ctx, codePage({ xsrf: xsrfOf(ctx), code }));
  });
}

function show(ctx: Context, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}

/** The token that ties the form to the browser's session. */
function xsrfOf(ctx: Context): string {
  return ctx.oidc.session?.state?.secret ?? '';
}

/** The message for an error of oidc-provider about a code. */
function faultOf({ name }: Error): string {
  const faults: Readonly<Record<string, string>> = {
    NoCodeError: 'Enter the code.',
    NotFoundError: 'No device is waiting with this code.',
    ExpiredError: 'The code has expired. Start again on the device.',
    AlreadyUsedError: 'The code has been used. Start again on the device.',
    AbortedError: 'The sign-in was cancelled. The device stops waiting.',
  };
  return faults[name] ?? 'The code could not be used. Start again on the device.';
}

/** The page where a person types what the device shows. */
function codePage(page: { readonly xsrf: string; readonly code?: string; readonly fault?: string }): string {
  return document(
    'Connect a device',
    `<h1>Connect a device</h1>
${page.fault === undefined ? '' : `<p role="alert">${escapeHtml(page.fault)}</p>`}
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${escapeHtml(page.xsrf)}">
<label for="user_code">Code that the device shows</label>
<input type="text" id="user_code" name="user_code" value="${escapeHtml(page.code ?? '')}" required maxlength="16" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus>
<button type="submit">Continue</button>
</form>`,
  );
}

/** The page that asks whether it is the person's own device: a code may have come from somebody else. */
function confirmPage(page: { readonly xsrf: string; readonly client: string; readonly code: string }): string {
  return document(
    'Is this your device?',
    `<h1>Is this your device?</h1>
<p>${escapeHtml(page.client)} is waiting with the code <strong>${escapeHtml(page.code)}</strong>. Continue only if your own device shows it.</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${escapeHtml(page.xsrf)}">
<input type="hidden" name="user_code" value="${escapeHtml(page.code)}">
<button type="submit" name="confirm" value="yes">Yes, continue</button>
<button class="second" type="submit" name="abort" value="yes">Cancel</button>
</form>`,
  );
}

/** The page after a sign-in for a device. */
function donePage(): string {
  return document('Signed in', '<h1>Signed in</h1>\n<p>The device continues by itself. You can close this page.</p>');
}
