import { secure } from './secure.ts';

export const handler = secure('placeOrder', async ({ body, caller }) => ({
  status: 201,
  body: { ...body, orderedBy: caller.subject },
}));
