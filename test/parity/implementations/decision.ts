import { decide } from '../../../lib/access/index.ts';
import type { Api } from '../../../lib/definition/index.ts';
import type { Implementation } from '../implementation.ts';

/** The reference decision. */
export function decisionImplementation(api: Api): Implementation {
  return {
    name: 'access decision',
    about: ['access'],
    evaluate: (request) => {
      const { kind } = decide(api, request);
      return { access: kind === 'no-such-route' ? 'no-route' : kind };
    },
  };
}
