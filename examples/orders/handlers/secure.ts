import { handlersOf } from 'secure-api/runtime';
import type { orders } from '../definition.ts';

export const secure = handlersOf<typeof orders>();
