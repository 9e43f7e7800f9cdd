import { secure } from './secure.ts';

export const handler = secure('me', ({ caller }) => ({
  status: 200,
  body: {
    subject: caller.subject,
    roles: [...caller.roles],
    permissions: [...caller.permissions],
    tier: caller.tier,
  },
}));
