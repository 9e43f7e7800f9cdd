/** What the generated entry of the authorizer imports, and the types of its input and output. */
export { authorize } from './authorize.ts';
export type { AuthorizerEvent, PolicyDocument } from './event.ts';
