import { describe, expect, it } from 'vitest';
import { readStack } from '../../../lib/preflight/assembly.ts';
import { folderOf } from '../../support/folders.ts';

const api = JSON.stringify({ Resources: { Api: { Type: 'AWS::ApiGateway::RestApi' } } });
const artifact = (templateFile: string, more: object = {}) => ({
  type: 'aws:cloudformation:stack',
  environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile, ...more },
});
const manifestOf = (artifacts: object, more: object = {}) => JSON.stringify({ version: '1', artifacts, ...more });

describe('the stack to check', () => {
  it('is the only one with an API', () => {
    const folder = folderOf({
      'manifest.json': manifestOf({
        Data: artifact('Data.json'),
        Notes: artifact('Notes.json'),
        Tree: { type: 'cdk:tree' },
      }),
      'Data.json': '{"Resources":{}}',
      'Notes.json': api,
    });
    expect(readStack(folder, undefined)).toMatchObject({ name: 'Notes', account: undefined, region: undefined });
    expect(readStack(folder, 'Data').name).toBe('Data');
    expect(() => readStack(folder, 'Other')).toThrow(
      /option-invalid at --stack: found "Other"; expected one of Data, Notes/,
    );
  });

  it('has to be named when several have an API', () => {
    const folder = folderOf({
      'manifest.json': manifestOf({ A: artifact('A.json'), B: artifact('A.json') }),
      'A.json': api,
    });
    expect(() => readStack(folder, undefined)).toThrow(/option-missing at --stack: found 2 stacks with an API: A, B/);
  });

  it('can be in a stage, under its path or its name', () => {
    const inner = { ...artifact('N.json', { stackName: 'Prod-Notes' }), displayName: 'Prod/Notes' };
    const folder = folderOf({
      'manifest.json': manifestOf({
        'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } },
      }),
      'assembly-Prod/manifest.json': manifestOf({ N: inner }),
      'assembly-Prod/N.json': api,
    });
    for (const name of [undefined, 'Prod/Notes', 'Prod-Notes']) expect(readStack(folder, name).name).toBe('Prod-Notes');
  });

  it('says which bootstrap, account, region and lookups it needs', () => {
    const notes = {
      ...artifact('N.json', {
        requiresBootstrapStackVersion: 6,
        bootstrapStackVersionSsmParameter: '/cdk-bootstrap/q/version',
      }),
      environment: 'aws://123456789012/eu-west-1',
    };
    const missing = [{ provider: 'hosted-zone', key: 'k', props: { domainName: 'example.com' } }];
    const folder = folderOf({ 'manifest.json': manifestOf({ N: notes }, { missing }), 'N.json': api });
    expect(readStack(folder, undefined)).toMatchObject({
      account: '123456789012',
      region: 'eu-west-1',
      bootstrap: { parameter: '/cdk-bootstrap/q/version', version: 6 },
      missing: [{ provider: 'hosted-zone', domainName: 'example.com' }],
    });
  });

  it.each([
    ['no manifest', {}],
    ['a manifest that is a list', { 'manifest.json': '[]' }],
    ['a manifest that is no JSON', { 'manifest.json': '{' }],
    ['no template', { 'manifest.json': manifestOf({ N: artifact('N.json') }) }],
    ['a template that is no object', { 'manifest.json': manifestOf({ N: artifact('N.json') }), 'N.json': '1' }],
  ])('cannot be read from a folder with %s', (_, files) => {
    expect(() => readStack(folderOf(files), undefined)).toThrow(/file-unreadable/);
  });

  it.each([{}, [], null])('is none in an assembly whose artifacts are %j', (artifacts) => {
    const folder = folderOf({ 'manifest.json': JSON.stringify({ artifacts }) });
    expect(() => readStack(folder, undefined)).toThrow(/option-missing at --stack/);
  });
});
