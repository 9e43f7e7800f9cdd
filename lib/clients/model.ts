/** A change of a client. */
export type ClientAction = 'add' | 'set-tier' | 'rotate' | 'suspend' | 'resume' | 'remove';

/** One line of a client's history. A line that stays `begun` is an interrupted change. */
export interface AuditLine {
  readonly client: string;
  /** ISO 8601, unique for the client. */
  readonly at: string;
  /** ARN of the principal on AWS, the user of the machine locally. */
  readonly who: string;
  readonly action: ClientAction;
  readonly outcome: 'begun' | 'done' | 'failed';
  /** The tier after the change; absent once the client is gone. */
  readonly tier?: string;
}

/** A usage plan of the API and what belongs to it, read from the tags of the plan. */
export interface DeployedPlan {
  readonly tier: string;
  readonly planId: string;
  readonly restApiId: string;
  /** ARN of the secret that API keys are computed from. */
  readonly keysSecret: string;
  /** Absent when the API registers no clients. */
  readonly clientsTable?: string;
  readonly quota?: { readonly limit: number; readonly period: string };
}

/** What a client has used of its quota in the current period. */
export interface ClientUsage {
  readonly used: number;
  readonly limit: number;
  readonly period: string;
}
