import { MAX_API_KEYS } from '../../lambdas/shared/clientKey.ts';
import type { RotationProgress } from '../../lambdas/shared/wireContract.ts';
import type { AuditLine, ClientState, ClientUsage } from '../clients/index.ts';

/** Quotas of a region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const QUOTAS = { keys: MAX_API_KEYS, plans: 300 } as const;
/** Share of a quota from which a warning is printed. */
const WARNING_SHARE = 0.8;

/** All clients as a table. */
export function formatClients(clients: readonly ClientState[]): string {
  if (clients.length === 0) return 'No client is registered; all share the keys of their tiers.';
  const head = ['client', 'tier', 'status', 'updated'];
  const rows = clients.map(({ client, tier, status, updated }) => [client, tier, status, updated]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A client and its history. */
export function formatClient({ state, history }: { state: ClientState; history: readonly AuditLine[] }): string {
  const { client, tier, status, keyId, created, updated } = state;
  const lines = [
    `${client}: tier ${tier}, ${status}`,
    `  key       ${keyId} (its value is computed and never shown)`,
    `  created   ${created}`,
    `  updated   ${updated}`,
  ];
  return [...lines, ...history.map(auditLine)].join('\n');
}

/** How much of its quota a client has used. */
export function formatUsage(client: string, { used, limit, period }: ClientUsage): string {
  if (limit === 0) return `${client}: no quota`;
  const share = Math.floor((100 * used) / limit);
  return `${client}: ${count(used)} of ${count(limit)} requests of this ${period.toLowerCase()} (${share}%)`;
}

/** Warns of account quotas that are nearly used up. */
export function quotaWarnings(counts: { readonly keys: number; readonly plans: number }): readonly string[] {
  return (['keys', 'plans'] as const)
    .filter((name) => counts[name] >= WARNING_SHARE * QUOTAS[name])
    .map((name) => {
      const what = name === 'keys' ? 'API keys' : 'usage plans';
      return `warning: ${count(counts[name])} of ${count(QUOTAS[name])} ${what} of the account in this region are used. See docs/limits.md.`;
    });
}

/** One line about a rotation of the secret, for people who wait for it. */
export function formatRotation(progress: RotationProgress): string {
  switch (progress.phase) {
    case 'preparing':
      return `made ${count(progress.prepared)} of ${count(progress.total)} new keys`;
    case 'settling':
      return `made all ${count(progress.total)} new keys; they are used from ${progress.until}, when API Gateway knows them everywhere`;
    case 'switching':
      return `${count(progress.switched)} of ${count(progress.total)} clients use their new keys`;
    case 'finished':
      return `rotated: ${count(progress.total)} keys are of the new secret. Rates and quotas began again at 0. The old keys of tiers are deleted after ${progress.cleanup}.`;
    case 'idle':
      return `no rotation is in progress; the secret changed last at ${progress.lastChange}`;
    case 'too-soon':
      return `the last rotation is too recent: its old keys can be in use until ${progress.until}`;
    case 'no-room':
      return `${count(progress.keys)} of ${count(progress.limit)} API keys of the region are used, and ${count(progress.needed)} more are needed`;
  }
}

function auditLine({ at, action, who, outcome, tier }: AuditLine): string {
  const suffix = outcome === 'done' ? '' : ` (${outcome})`;
  return `  ${at}  ${action}${tier === undefined ? '' : ` ${tier}`}${suffix} by ${who}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
