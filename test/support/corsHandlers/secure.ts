import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { notes } from '../corsApi.ts';

export const secure = handlersOf<typeof notes>();
