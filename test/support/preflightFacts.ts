import type { SynthesizedStack } from '../../lib/preflight/assembly.ts';
import type { CheckContext } from '../../lib/preflight/checks/context.ts';
import { openTemplate } from '../../lib/preflight/template.ts';
import { ACCOUNT } from './awsAccount.ts';

/** A resource of a template, before the template exists. */
export type Draft = readonly [type: string, properties?: object, more?: object];

/** What a check gets: a template of these resources, whose ids are R0, R1 and so on. */
export function contextOf(
  drafts: readonly Draft[] = [],
  changes: Partial<CheckContext> & { readonly stackChanges?: Partial<SynthesizedStack> } = {},
): CheckContext {
  const { stackChanges, ...context } = changes;
  const entries = drafts.map(([Type, Properties = {}, more = {}], i) => [`R${i}`, { Type, Properties, ...more }]);
  const template = { Resources: Object.fromEntries(entries) };
  const place = { account: ACCOUNT, region: 'eu-west-1', partition: 'aws' };
  const stack: SynthesizedStack = {
    name: 'Notes',
    displayName: 'Notes',
    account: undefined,
    region: undefined,
    template,
    bootstrap: { parameter: '/cdk-bootstrap/hnb659fds/version', version: 6 },
    missing: [],
    ...stackChanges,
  };
  return {
    stack,
    template: openTemplate(template, { stackName: stack.name, ...place }),
    deployed: { status: undefined, resources: [] },
    ...place,
    ...context,
  };
}
