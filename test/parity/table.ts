/**
 * The one table of requests that every projection must evaluate alike. A row says who calls, what is sent, and what is
 * expected: access, well-formed input, and otherwise which part rejects it. Adding a case is one line in `rows/`.
 */
import type { ParityRequest } from './request.ts';
import { accessRows } from './rows/access.ts';
import { bodyRows } from './rows/bodies.ts';
import { parameterRows } from './rows/parameters.ts';
import { wireRows } from './rows/wire.ts';

export const TABLE: readonly ParityRequest[] = [...accessRows, ...bodyRows, ...wireRows, ...parameterRows];
