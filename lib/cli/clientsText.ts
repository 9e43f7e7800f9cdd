import type { AuditLine, ClientState, ClientUsage } from '../clients/index.ts';

/** Quotas of a region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MOST = { keys: 10_000, plans: 300 } as const;
const CLOSE = 0.8;

/** All clients, one a line. */
export function clientsText(clients: readonly ClientState[]): string {
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

/** A client, and what was done to it. */
export function clientText({ state, history }: { state: ClientState; history: readonly AuditLine[] }): string {
  const { client, tier, status, keyId, created, updated } = state;
  const lines = [
    `${client}: tier ${tier}, ${status}`,
    `  key       ${keyId} (its value is computed, and shown to nobody)`,
    `  created   ${created}`,
    `  updated   ${updated}`,
  ];
  return [...lines, ...history.map(auditText)].join('\n');
}

/** What a client has used. */
export function usageText(client: string, { used, limit, period }: ClientUsage): string {
  if (limit === 0) return `${client}: no quota`;
  const share = Math.floor((100 * used) / limit);
  return `${client}: ${count(used)} of ${count(limit)} requests of this ${period.toLowerCase()} (${share}%)`;
}

/** Quotas of the account that are nearly used up. */
export function warningsOf(counts: { readonly keys: number; readonly plans: number }): readonly string[] {
  return (['keys', 'plans'] as const)
    .filter((name) => counts[name] >= CLOSE * MOST[name])
    .map((name) => {
      const what = name === 'keys' ? 'API keys' : 'usage plans';
      return `warning: ${count(counts[name])} of ${count(MOST[name])} ${what} of the account in this region are used; see docs/limits.md for what to do at thousands of clients.`;
    });
}

function auditText({ at, action, who, outcome, tier }: AuditLine): string {
  const outcomeText = outcome === 'done' ? '' : ` (${outcome})`;
  return `  ${at}  ${action}${tier === undefined ? '' : ` ${tier}`}${outcomeText} by ${who}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
