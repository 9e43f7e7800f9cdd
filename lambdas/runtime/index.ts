/** `secure-api/runtime`: what handlers import. */

export { type CsvCell, csvOf } from '../shared/csv.ts';
export type { CallerLimit } from './limit/callerLimits.ts';
export { applyMergePatch } from './mergePatch.ts';
export {
  type AwsSdkClient,
  measureCall,
  span,
  traceAwsClient,
  tracedFetch,
  traceHeaders,
} from './outgoing.ts';
export {
  HttpProblem,
  type ProblemCode,
  type ProblemDocument,
  type ProblemStatusCode,
  problem,
  type RequestFault,
} from './problem.ts';
export { type HandlersOf, type HandlerTools, handlersOf, type SecureHandler } from './secure.ts';
export { checkFileName } from './upload/checkFileName.ts';
export type { FileName } from './upload/fileName.ts';
