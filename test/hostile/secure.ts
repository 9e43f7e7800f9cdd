import { handlersOf } from '../../lambdas/runtime/index.ts';
import type { target } from './api.ts';

export const secure = handlersOf<typeof target>();
