/** A record to create where the DNS of a name is served. */
export interface DnsRecord {
  readonly name: string;
  readonly type: 'CNAME';
  readonly value: string;
}

/**
 * What is known of one part of a domain: it works, it waits for something that can still happen, or it failed and waiting does not help.
 */
export interface StatusFinding {
  readonly severity: 'ok' | 'waiting' | 'fault';
  readonly code: string;
  /** The host name, or the logical id of what does not exist yet. */
  readonly name: string;
  readonly found: string;
  readonly expected?: string;
  readonly fix?: string;
  readonly record?: DnsRecord;
}

type Problem = Omit<StatusFinding, 'severity' | 'name'> & { readonly expected: string; readonly fix: string };

export function ok(name: string, found: string): StatusFinding {
  return { severity: 'ok', code: 'ok', name, found };
}

export function waiting(name: string, problem: Problem): StatusFinding {
  return { severity: 'waiting', name, ...problem };
}

export function fault(name: string, problem: Problem): StatusFinding {
  return { severity: 'fault', name, ...problem };
}
