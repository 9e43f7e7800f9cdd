import { handlersOf } from 'secure-api/runtime';
import type { api } from '../definition.ts';

/** Makes the handler of a route, with the types of the definition. */
export const secure = handlersOf<typeof api>();
