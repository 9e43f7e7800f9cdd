import type { IConstruct } from 'constructs';
import type { Api } from '../definition/api.ts';
import { disconnectedLimits } from './limits/disconnected.ts';
import { templateFragment } from './limits/template.ts';
import { exceededStackQuotas } from './stackQuotas.ts';

/** What fails the synth of an API: limits that would do nothing, and a stack that could not be deployed. */
export function synthFaults(scope: IConstruct, api: Api): string[] {
  const template = templateFragment(scope);
  return [...disconnectedLimits(api, template), ...exceededStackQuotas(scope, api, template)];
}
