import { document, escapeHtml } from './pages.ts';

/** The page where a person types what the device shows. */
export function codePage(page: { readonly xsrf: string; readonly code?: string; readonly fault?: string }): string {
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
export function confirmPage(page: { readonly xsrf: string; readonly client: string; readonly code: string }): string {
  return document(
    'Is this your device?',
    `<h1>Is this your device?</h1>
<p>${escapeHtml(page.client)} waits with the code <strong>${escapeHtml(page.code)}</strong>. Go on only if your own device shows it.</p>
<form method="post" action="/device">
<input type="hidden" name="xsrf" value="${escapeHtml(page.xsrf)}">
<input type="hidden" name="user_code" value="${escapeHtml(page.code)}">
<button type="submit" name="confirm" value="yes">It is mine: continue</button>
<button class="second" type="submit" name="abort" value="yes">Cancel</button>
</form>`,
  );
}

/** The page after a sign-in for a device. */
export function donePage(): string {
  return document('Signed in', '<h1>Signed in</h1>\n<p>The device goes on by itself. You may close this page.</p>');
}
