import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { leaks } from '../leakingApi.ts';

export const secure = handlersOf<typeof leaks>();
