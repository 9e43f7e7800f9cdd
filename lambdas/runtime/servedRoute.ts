import type { RouteContract, RouteLimits, Validate } from '../../lib/definition/bundledTypes.ts';
import type { ReadCaller, RolePolicy } from './caller.ts';
import type { RunOnce } from './idempotency/runOnce.ts';
import type { Limiter } from './limit/limiter.ts';
import type { RouteHandler } from './secure.ts';
import type { Telemetry } from './telemetry.ts';
import type { UploadReader } from './upload/readUpload.ts';
import type { WebhookReceiver } from './webhook/steps.ts';

/** A route with everything that serves it. */
export interface ServedRoute {
  readonly contract: RouteContract;
  readonly validate: Validate;
  /** The validator of a body in the `ResponseMember` of its status. */
  readonly validateResponse: Validate;
  readonly handler: RouteHandler;
  /** Present only where the route takes files. */
  readonly readUpload?: UploadReader;
  readonly limits?: RouteLimits;
}

/** What a pipeline needs beside its route. */
export interface PipelineOptions {
  readonly api: string;
  /** Name of the group of routes. Default: requests are not counted by group. */
  readonly group: string | undefined;
  readonly policy: Pick<RolePolicy, 'claims'>;
  readonly readCaller: ReadCaller;
  readonly telemetry: Telemetry;
  readonly problemTypeBase?: string;
  readonly limiter?: Limiter;
  readonly runOnce?: RunOnce;
  /** Present only where a route is a webhook. */
  readonly webhooks?: WebhookReceiver;
}
