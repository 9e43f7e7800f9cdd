import { handlersOf } from '../runtime/index.ts';
import type { documents } from './api.ts';

/** Names and types the handlers of this service; brings the definition's type alone into the bundle. */
export const secure = handlersOf<typeof documents>();
