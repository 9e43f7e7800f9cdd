/**
 * One distribution: what happens to a request between the viewer and the API.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowCloudFrontWorks.html
 */
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import type { Telemetry } from '../../contracts.ts';
import type { Gateway } from '../gateway.ts';
import { LOCAL_NAMES } from '../hostHeader.ts';
import type { KeptState } from '../keptState.ts';
import type { HttpResponse } from '../step.ts';
import { createWebAcl } from '../waf/webAcl.ts';
import { compileEdgeFunction, type EdgeFunction, type ReadKey } from './edgeFunction.ts';
import { withoutHopByHop } from './hopByHop.ts';
import { distributionOf } from './hosts.ts';
import { originRequest, withCloudFrontHeaders } from './originRequest.ts';
import { applyPolicy, edgeHeaders, errorPage } from './responses.ts';
import { readResult, viewerEvent } from './viewerEvent.ts';
import { hostNameOf, type ViewerRequest } from './viewerRequest.ts';

/** What a distribution runs with. */
export interface EdgeOptions {
  readonly telemetry: Telemetry;
  readonly readKey: ReadKey;
  readonly patternsOf?: (arn: string) => readonly string[] | undefined;
  readonly kept?: KeptState;
  /** Receives one line for each fault of a function. */
  readonly print: (line: string) => void;
}

/** Responds to a request, with the gateway of the API that is behind the distribution. With `rejected`, nothing runs. */
export type Edge = (request: ViewerRequest, body: Buffer, gateway: Gateway, rejected?: number) => Promise<HttpResponse>;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_URL_BYTES = 8_192;
const MAX_HEADER_BYTES = 32_768;

/**
 * Makes a distribution: host and method, web ACL, viewer-request function, API, response headers policy. Nothing is cached.
 *
 * @throws {EdgeFunctionError} for a function that cannot be compiled
 */
export function createEdge(distribution: DistributionModel, options: EdgeOptions): Edge {
  const { telemetry, kept, patternsOf, print } = options;
  const { webAcl, responseHeaders, domainName } = distribution;
  const inspect = createWebAcl(
    { ...(webAcl && { webAcl }) },
    { telemetry, source: { name: 'CF', id: distribution.id }, kept, patternsOf },
  );
  const run = functionOf(distribution, options);
  const finish = (id: string, response: HttpResponse, cache: string): HttpResponse => ({
    ...response,
    headers: [...applyPolicy(response.headers, responseHeaders), ...edgeHeaders({ id, domainName }, cache)],
  });
  return async (sent, body, gateway, rejected) => {
    const own = (response: HttpResponse, cache = 'Error') => finish(sent.id, response, cache);
    const fault = rejected ?? faultOf(sent, distribution);
    if (fault !== undefined) return own(errorPage(fault));
    const viewer = withoutHopByHop(sent);
    // The address of the connection: the web ACL counts the viewer, not the edge location.
    const seen = { ...originRequest(viewer, body, { ...distribution, originRequest: EVERYTHING, originHeaders: [] }) };
    const state = { request: { ...seen, sourceIp: viewer.address }, pathParameters: {} };
    const blocked = await inspect(state);
    if (blocked !== undefined) return own(blocked.kind === 'response' ? blocked : errorPage(403));
    const inserted = state.request.rawHeaders.filter(([name]) => name.toLowerCase().startsWith('x-amzn-waf-'));
    let request: ViewerRequest = {
      ...viewer,
      headers: [...viewer.headers, ...inserted.map(([name, value]) => [name.toLowerCase(), value] as const)],
    };
    if (run !== undefined) {
      const event = viewerEvent(withCloudFrontHeaders(request, distribution), distribution);
      try {
        const result = readResult(run(event), request);
        if (result === undefined) throw new Error('it returned neither a request nor a response');
        if ('response' in result) return own(result.response, 'FunctionGeneratedResponse');
        request = result.request;
      } catch (error) {
        print(`the function of ${distribution.logicalId} failed: ${error instanceof Error ? error.message : error}`);
        return own(errorPage(503), 'FunctionExecutionError');
      }
    }
    const response = await gateway(originRequest(request, body, distribution));
    return own(response, response.status >= 400 ? 'Error' : 'Miss');
  };
}

const ALL = { behavior: 'all', names: [] };
const EVERYTHING = { headers: { behavior: 'allViewer', names: [] }, cookies: ALL, queryStrings: ALL };

function functionOf(distribution: DistributionModel, { telemetry, readKey }: EdgeOptions): EdgeFunction | undefined {
  const { viewerRequest: model } = distribution;
  if (model === undefined) return undefined;
  const log = (line: string) => telemetry.log(`/aws/cloudfront/function/${model.name}`, line);
  return compileEdgeFunction(model, 'handler', { readKey, log });
}

function faultOf(viewer: ViewerRequest, distribution: DistributionModel): number | undefined {
  const name = hostNameOf(viewer);
  if (name === undefined || !viewer.path.startsWith('/')) return 400;
  if (!LOCAL_NAMES.includes(name) && distributionOf([{ distribution }], name) === undefined) return 403;
  const length = viewer.headers.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (Buffer.byteLength(viewer.path) + (viewer.query?.length ?? 0) > MAX_URL_BYTES) return 413;
  if (length > MAX_HEADER_BYTES) return 413;
  return distribution.methods.includes(viewer.method) ? undefined : 403;
}
