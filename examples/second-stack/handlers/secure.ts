import { handlersOf } from 'secure-api/runtime';
import type { orders } from '../orders.ts';

export const secure = handlersOf<typeof orders>();
