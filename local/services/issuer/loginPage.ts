import { document, escapeHtml } from './pages.ts';
import type { LocalUser } from './users.ts';

/** What the sign-in page shows. */
export interface LoginPage {
  /** Where its forms go. */
  readonly action: string;
  /** The client that asks, shown to the reader. */
  readonly client: string;
  readonly username: string;
  /** Users with a password. */
  readonly users: readonly LocalUser[];
  /** Known roles as choices; when empty, a text field. */
  readonly roles: readonly string[];
  /** Roles that can be picked for a limited time. */
  readonly temporaryRoles: readonly string[];
  readonly tiers: readonly string[];
  /** Claims that the stack declares, each with whether a token needs it. */
  readonly claims: readonly { readonly name: string; readonly required: boolean }[];
  /** Why the last attempt failed. */
  readonly fault?: string;
}

/**
 * The page where a developer signs in as a known user with a password, or as any user without one, because the issuer serves
 * this machine only.
 */
export function loginPage(page: LoginPage): string {
  return document(
    'Sign in',
    `<h1>Sign in</h1>
<p>${escapeHtml(page.client)} asks you to sign in. This is the local issuer: it serves this machine only.</p>
${page.fault === undefined ? '' : `<p role="alert">${escapeHtml(page.fault)}</p>`}
${page.users.length === 0 ? '' : userForm(page)}
${anyUserForm(page)}
<form method="post" action="${escapeHtml(page.action)}">
<button class="second" type="submit" name="abort" value="yes">Cancel</button>
</form>`,
  );
}

function userForm({ action, users, username }: LoginPage): string {
  const options = users.map(({ name, roles, tier }) => {
    const words = [...roles, ...(tier === undefined ? [] : [`tier ${tier}`])].join(', ') || 'no roles';
    const selected = name === username ? ' selected' : '';
    return `<option value="${escapeHtml(name)}"${selected}>${escapeHtml(`${name} (${words})`)}</option>`;
  });
  return `<form method="post" action="${escapeHtml(action)}">
<h2>As a known user</h2>
<label for="user">User</label>
<select id="user" name="user">${options.join('')}</select>
<label for="password">Password</label>
<input type="password" id="password" name="password" required maxlength="256" autocomplete="current-password" autofocus>
<button type="submit">Sign in as this user</button>
</form>`;
}

function anyUserForm(page: LoginPage): string {
  const isKnown = page.users.some(({ name }) => name === page.username);
  const focus = page.users.length === 0 ? ' autofocus' : '';
  return `<form method="post" action="${escapeHtml(page.action)}">
<h2>As any user</h2>
<p class="hint">Without a password: enter any name, and pick the roles and tier to try.</p>
<label for="username">Username</label>
<input type="text" id="username" name="username" value="${escapeHtml(isKnown ? '' : page.username)}" required maxlength="128" autocomplete="username"${focus}>
${roleFields(page.roles)}
${temporaryRoleFields(page.temporaryRoles)}
${tierField(page.tiers)}
${page.claims.map(claimField).join('\n')}
<button type="submit">Sign in</button>
</form>`;
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

/** Fields for a temporary role. */
function temporaryRoleFields(roles: readonly string[]): string {
  if (roles.length === 0) return '';
  const options = roles.map((role) => `<option>${escapeHtml(role)}</option>`).join('');
  return `<label for="elevated">Temporary role</label>
<select id="elevated" name="elevated"><option value="">none</option>${options}</select>
<label for="minutes">Minutes that it lasts</label>
<input type="number" id="minutes" name="minutes" value="15" min="1" max="1440">`;
}

function claimField({ name, required }: LoginPage['claims'][number]): string {
  const id = escapeHtml(`claim-${name}`);
  const label = `${escapeHtml(name)}${required ? '' : ' (optional)'}`;
  return `<label for="${id}">Claim ${label}</label>
<input type="text" id="${id}" name="${id}" maxlength="128"${required ? ' required' : ''}>`;
}

function tierField(tiers: readonly string[]): string {
  if (tiers.length === 0)
    return '<label for="tier">Tier</label>\n<input type="text" id="tier" name="tier" maxlength="128">';
  const options = tiers.map((tier) => `<option>${escapeHtml(tier)}</option>`).join('');
  return `<label for="tier">Tier</label>\n<select id="tier" name="tier">${options}</select>`;
}
