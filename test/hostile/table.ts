import type { Case } from './case.ts';
import { body } from './cases/body.ts';
import { formats } from './cases/formats.ts';
import { headers } from './cases/headers.ts';
import { injection } from './cases/injection.ts';
import { json } from './cases/json.ts';
import { methods } from './cases/methods.ts';
import { origins, preflights } from './cases/origins.ts';
import { paths } from './cases/paths.ts';
import { query } from './cases/query.ts';
import { strings } from './cases/texts.ts';

/** Requests that reach a function, by category. */
export const CALLS: Readonly<Record<string, readonly Case[]>> = {
  json,
  body,
  strings,
  formats,
  query,
  headers,
  paths,
  injection,
  origins,
};

/** Requests to which the gateway responds without a function. */
export const NOWHERE: Readonly<Record<string, readonly Case[]>> = { methods, preflights };
