import { counterTable } from '../../../lambdas/runtime/limit/counterTable.ts';
import {
  type AuthorizerContext,
  type AuthorizerEnvironment,
  authorizerContext,
  type HandlerEnvironment,
  type PretokenEnvironment,
  type Readable,
  type ReadableContext,
  type UsageEnvironment,
  variable,
} from '../../../lambdas/shared/wireContract.ts';

// @ts-expect-error a variable of the authorizer that is misspelt where it is written
export const written: Partial<AuthorizerEnvironment> = { SECURE_API_KEY_SECRET: 'arn' };

// @ts-expect-error a variable of the handlers that is missing
export const missing: HandlerEnvironment = { SECURE_API_LIMITS_TABLE: 'counters' };

// @ts-expect-error a value that the handlers do not know
export const mode: HandlerEnvironment = { SECURE_API_RESPONSES: 'reject' };

// @ts-expect-error a variable for a function that reads none
export const pretoken: PretokenEnvironment = { SECURE_API_USAGE_PLANS: '[]' };

// @ts-expect-error a variable that is misspelt where it is added
variable<UsageEnvironment>('SECURE_API_USAGE_PLAN');

// @ts-expect-error a variable of another function
variable<UsageEnvironment>('SECURE_API_KEYS_SECRET');

// @ts-expect-error a variable of no function in particular
variable('SECURE_API_KEYS_SECRET');

// @ts-expect-error a function that is given a variable which it does not read
counterTable({ SECURE_API_CLIENTS_TABLE: 'clients' });

export function read(environment: Readable<AuthorizerEnvironment>, context: ReadableContext) {
  // @ts-expect-error a variable that is misspelt where it is read
  const secret = environment.SECURE_API_KEY_SECRET;
  // @ts-expect-error a variable of another function
  const plans = environment.SECURE_API_USAGE_PLANS;
  // @ts-expect-error a member of the context that is misspelt where it is read
  const subject = context.subjects;
  return [secret, plans, subject];
}

export const context: Partial<AuthorizerContext> = {
  // @ts-expect-error a member of the context that is misspelt where it is written
  rejectCode: 'forbidden',
};

// @ts-expect-error a member of the context that is misspelt in a template
authorizerContext('rejectedCode');
