import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { root } from '../support/folders.ts';
import { propertiesOf, withFolder } from './support.ts';

const runbooks = `https://runbooks.example.com/${'a'.repeat(226)}/`;
const owner = 'o'.repeat(100);

/** Descriptions of an API with the longest name, runbooks and owner. */
const descriptions = withFolder((folder) => {
  const env = { account: '111122223333', region: 'ap-southeast-1' };
  const stack = new Stack(
    new App({ outdir: folder }),
    'PaymentsPlatform-Production-ApSoutheast1-DocumentsService-Stack',
    {
      env,
    },
  );
  const handlers = join(root, 'lambdas/documents');
  const props = { definition: documents, handlers, identity: Identity.cognito() };
  new SecureApi(stack, 'DocumentsApi', { ...props, runbooks, owner });
  const template = Template.fromStack(stack);
  return ['Alarm', 'CompositeAlarm'].flatMap((type) =>
    propertiesOf(template, `AWS::CloudWatch::${type}`).map(({ AlarmDescription }) => AlarmDescription),
  );
});

describe('the description of an alarm', () => {
  it('has at most the 1,024 characters that CloudWatch allows, with the longest names, runbooks and owner', () => {
    expect(descriptions.length).toBeGreaterThan(30);
    expect(descriptions.filter((text) => typeof text !== 'string' || text.length > 1_024)).toEqual([]);
    expect(descriptions.filter((text) => / \.\.\.\n/.test(String(text))).length).toBeGreaterThan(0);
  });

  it('is cut in its sentences, never in what programs read', () => {
    for (const text of descriptions.map(String).filter((one) => one.includes('Runbook: '))) {
      const lines = text.split('\n');
      expect(lines).toContain(`Owner: ${owner}`);
      expect(lines.some((line) => line.startsWith(`Runbook: ${runbooks}`))).toBe(true);
      expect(lines.at(-1)).toMatch(/^Dashboard: https:\/\/ap-southeast-1\..*DocumentsApi/);
    }
  });
});
