import { decide } from '../../../lib/access/index.ts';
import type { Api } from '../../../lib/definition/index.ts';
import type { Judge } from '../implementation.ts';

/** The reference decision. */
export function decisionJudge(api: Api): Judge {
  return {
    name: 'access decision',
    about: ['access'],
    judge: (request) => {
      const { kind } = decide(api, request);
      return { access: kind === 'no-such-route' ? 'no-route' : kind };
    },
  };
}
