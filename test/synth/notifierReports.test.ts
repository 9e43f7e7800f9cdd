import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { SecureApi } from '../../lib/construct/index.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { alarmedVariants, edgeVariants, synthesizeVariant, templateIn } from '../support/variants.ts';
import { at, listAt, ofType, oidc, propertiesOf, smallApi } from './support.ts';

const env = { account: '123456789012', region: 'eu-west-1' };

/** What the notifier is allowed to ask CloudWatch about, as `region:insight-rule/name` and `region:alarm:name`. */
function reports(template: Template): readonly string[] {
  const [, policy] = ofType(template, 'AWS::IAM::Policy').find(([id]) => id.includes('NotifierRole')) ?? [];
  return listAt(policy, 'Properties.PolicyDocument.Statement')
    .filter((statement) => String(at(statement, 'Action')).startsWith('cloudwatch:'))
    .flatMap((statement) => listAt(statement, 'Resource'))
    .map((arn) => {
      const [, region, path] =
        /:cloudwatch(?:","|:)(?:.*?)([a-z]{2}-[a-z]+-\d):123456789012:(.+?)"/.exec(JSON.stringify(arn)) ?? [];
      return `${region}:${path}`;
    });
}

const isMatched = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

describe('the notifier', () => {
  it.each(alarmedVariants.map((variant, i) => [i, variant] as const))(
    'can ask about each rule that an alarm of variant %i names, and each condition of a composite alarm, and nothing else',
    (_, variant) => {
      const template = Template.fromJSON(templateIn(synthesizeVariant({ ...variant, env }, false)) as never);
      const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm');
      const all = [...alarms, ...propertiesOf(template, 'AWS::CloudWatch::CompositeAlarm')];
      const named = all.flatMap((alarm) => {
        const description = JSON.stringify(alarm['AlarmDescription']);
        return /\\nContributors: (.+?)\\n/.exec(description)?.[1]?.split(', ') ?? [];
      });
      const conditions = alarms
        .filter(({ AlarmActions }) => AlarmActions === undefined)
        .map(({ AlarmName }) => `eu-west-1:alarm:${AlarmName}`);
      const asked = [...new Set(named)].map((rule) => `eu-west-1:insight-rule/${rule}`).concat(conditions);
      const allowed = reports(template).filter((one) => one.startsWith('eu-west-1'));
      expect(asked.filter((one) => !allowed.some((pattern) => isMatched(pattern, one)))).toEqual([]);
      expect(allowed.filter((pattern) => !asked.some((one) => isMatched(pattern, one)))).toEqual([]);
    },
  );

  it('can also ask who was blocked at a distribution', () => {
    const [variant] = Object.values(edgeVariants);
    const template = Template.fromJSON(templateIn(synthesizeVariant({ ...variant, env }, false)) as never);
    const ofEdge = reports(template).filter((one) => one.startsWith('us-east-1'));
    expect(ofEdge.map((one) => one.replace(/^.*-/, ''))).toEqual([
      'EdgeBlockedRules',
      'EdgeBlockedAddresses',
      'EdgeRateLimitedAddresses',
    ]);
  });

  it('cannot ask about the alarms of an API whose name begins with the same words', () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'handlers/.keep': '' });
    writeHandlers(smallApi(), join(folder, 'handlers'));
    const props = { definition: smallApi(), handlers: join(folder, 'handlers'), identity: oidc() };
    const templateOf = (...ids: readonly string[]) => {
      const stack = new Stack(new App({ outdir: join(folder, String(ids.length)) }), 'Small', { env });
      for (const id of ids) new SecureApi(stack, id, props);
      return Template.fromStack(stack);
    };
    // A construct with this id adds nothing to the name, so the API is named like its stack.
    const allowed = reports(templateOf('Default'));
    expect(allowed).toContain('eu-west-1:alarm:Small-server-errors-hour');
    const alarms = propertiesOf(templateOf('Default', 'Other'), 'AWS::CloudWatch::Alarm');
    const ofOther = alarms.map((each) => String(each['AlarmName'])).filter((name) => name.startsWith('Small-Other-'));
    expect(ofOther.length).toBeGreaterThan(10);
    const asked = ofOther.map((name) => `eu-west-1:alarm:${name}`);
    expect(asked.filter((name) => allowed.some((pattern) => isMatched(pattern, name)))).toEqual([]);
  });
});
