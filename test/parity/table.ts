/**
 * The one table of requests that every projection must judge alike. A row says who calls, what is sent, and what is
 * expected: who may, whether it is well formed, and who refuses it if not. Adding a case is one line in `rows/`.
 */
import type { ParityRequest } from './request.ts';
import { accessRows } from './rows/access.ts';
import { bodyRows } from './rows/bodies.ts';
import { parameterRows } from './rows/parameters.ts';
import { wireRows } from './rows/wire.ts';

export const TABLE: readonly ParityRequest[] = [...accessRows, ...bodyRows, ...wireRows, ...parameterRows];
