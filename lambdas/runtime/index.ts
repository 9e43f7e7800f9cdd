/** `secure-api/runtime`: what handlers and generated entries import. */

export type { LambdaContext, LambdaHandler, ProxyEvent, ProxyResult } from './event.ts';
export type { CallerLimit } from './limit/callerLimits.ts';
export type { ServedRoute } from './pipeline.ts';
export {
  HttpProblem,
  type ProblemCode,
  type ProblemDocument,
  type ProblemStatusCode,
  problem,
  type RequestFault,
} from './problem.ts';
export { type HandlerTools, handlersOf, type RouteHandler, type SecureHandler } from './secure.ts';
export { type ServeOptions, serve } from './serve.ts';
export { checkFileName } from './upload/checkName.ts';
export type { FileName } from './upload/name.ts';
