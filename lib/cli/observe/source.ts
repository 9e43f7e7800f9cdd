import type { RouteAccess } from '../../../lambdas/notifier/deniedRoute.ts';

/** What writes a log. */
export type LogKind = 'access' | 'authorizer' | 'webAcl' | 'function';

/** A log of an API. */
export interface LogSource {
  readonly kind: LogKind;
  /** For people, such as `access` or `documents`. */
  readonly name: string;
  readonly logGroup: string;
}

/** How clients of the AWS SDK reach a service. */
export interface ClientSettings {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An API whose logs, alarms and metrics are read: deployed, or on this machine. */
export interface Source {
  /** Name of the REST API, which names of alarms and metrics begin with. */
  readonly name: string;
  readonly logs: readonly LogSource[];
  /** Who has access to which route, where the stack says so: it explains denials. */
  readonly access?: RouteAccess;
  /** Routes by id, where the stack names them. */
  readonly routes?: readonly { readonly id: string; readonly method: string; readonly path: string }[];
  /** Names of the alarms of the stack. @default - all that begin with the name of the API */
  readonly alarms?: ReadonlySet<string>;
  readonly settings: (service: 'CLOUDWATCH' | 'CLOUDWATCH_LOGS') => ClientSettings;
  /** Of metrics and alarms, in milliseconds since 1970: simulated on this machine. */
  now(): number;
  close(): Promise<void>;
}
