// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { aws_apigateway as apigateway, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import { AssemblyError } from '../../assembly/error.ts';
import { loadAssembly } from '../../assembly/load.ts';
import { handWritten, SMALLEST_API, synthesize, synthesizeStack } from '../support/assembly.ts';

function rejection(directory: string, stack?: string): { readonly code: string; readonly message: string } {
  try {
    loadAssembly(directory, { stack, secretValue: () => 'secret' });
  } catch (error) {
    if (error instanceof AssemblyError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: 'it loaded' };
}

const withEnvironment = (value: unknown, more: object = {}) =>
  handWritten({
    Resources: {
      ...SMALLEST_API,
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs24.x', Code: { ZipFile: '' }, Environment: { Variables: { VALUE: value } } },
      },
    },
    ...more,
  });

describe('an assembly that cannot be loaded', () => {
  it('reports that the directory is missing and how to create it', () => {
    const { code, message } = rejection(join(temporaryFolder(), 'cdk.out'));
    expect(code).toBe('missing-directory');
    expect(message).toContain('npx cdk synth');
  });

  it('distinguishes a missing manifest from a broken one', () => {
    expect(rejection(temporaryFolder())).toMatchObject({
      code: 'bad-manifest',
      message: expect.stringContaining('no file at'),
    });
    const broken = rejection(folderOf({ 'manifest.json': '{' }));
    expect(broken).toMatchObject({ code: 'bad-manifest', message: expect.stringContaining('not JSON') });
    expect(rejection(folderOf({ 'manifest.json': '{}' })).code).toBe('bad-manifest');
    expect(rejection(folderOf({ 'manifest.json': '{"artifacts":{}}' })).code).toBe('no-stack');
  });

  it('rejects a broken template', () => {
    expect(rejection(handWritten('{"Resources":')).code).toBe('bad-template');
    expect(rejection(handWritten({ Resources: [] })).code).toBe('bad-template');
  });

  it('rejects an assembly without an API, and one whose API has no stage', () => {
    expect(rejection(handWritten({ Description: 'no resources' })).code).toBe('no-api');
    expect(rejection(handWritten({ Resources: { Api: SMALLEST_API.Api } })).code).toBe('no-api');
  });

  it('asks for a stack when several have an API, and rejects one that does not exist', () => {
    const directory = synthesize((app) => {
      for (const name of ['One', 'Two']) new apigateway.RestApi(new Stack(app, name), 'Api').root.addMethod('GET');
    });
    expect(rejection(directory)).toMatchObject({ code: 'choose-stack', message: expect.stringContaining('One, Two') });
    expect(rejection(directory, 'Three')).toMatchObject({
      code: 'unknown-stack',
      message: expect.stringContaining('One, Two'),
    });
    expect(rejection(directory, 'Two').code).toBe('none');
  });

  it('names the function whose asset is missing', () => {
    const directory = synthesizeStack((stack) => {
      new apigateway.RestApi(stack, 'Api').root.addMethod('GET');
      const code = lambda.Code.fromAsset(folderOf({ 'index.js': '' }));
      new lambda.Function(stack, 'Handler', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code });
    });
    const { functions } = loadAssembly(directory, { secretValue: () => '' });
    rmSync(functions[0]?.assetPath ?? '', { recursive: true });
    expect(rejection(directory)).toMatchObject({
      code: 'missing-asset',
      message: expect.stringContaining('Sample/Handler'),
    });
  });

  it('rejects an API definition that is not OpenAPI 3.0', () => {
    const Api = { ...SMALLEST_API.Api, Properties: { Body: { swagger: '2.0' } } };
    expect(rejection(handWritten({ Resources: { ...SMALLEST_API, Api } })).code).toBe('bad-body');
  });

  it.each([
    ['a resource that does not exist', { Ref: 'Nobody' }, 'nothing is named "Nobody"'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Api', 'Colour'] }, 'attribute "Colour"'],
    ['an export that no stack has', { 'Fn::ImportValue': 'other' }, 'exports "other"'],
    ['an unknown function', { 'Fn::Transform': {} }, 'Fn::Transform is not emulated'],
    ['a mapping that does not exist', { 'Fn::FindInMap': ['a', 'b', 'c'] }, 'a.b.c'],
    ['a secret of another stack', '{{resolve:secretsmanager:elsewhere:SecretString}}', 'not made by this assembly'],
    ['a parameter store', '{{resolve:ssm:/name}}', 'references to ssm'],
  ])('names location and reason of a reference to %s', (_, value, reason) => {
    const { code, message } = rejection(withEnvironment(value));
    expect(code).toBe('unresolvable');
    expect(message).toContain('Sample/Fn.Environment');
    expect(message).toContain(reason);
  });

  it('rejects circular resources and conditions', () => {
    const a = { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::Sub': '${B.TopicName}' } } };
    const b = { Type: 'AWS::SNS::Topic', DependsOn: 'A' };
    const circle = rejection(handWritten({ Resources: { ...SMALLEST_API, A: a, B: b } }));
    expect(circle).toMatchObject({ code: 'cycle', message: expect.stringContaining('A → B → A') });
    const Conditions = { X: { 'Fn::Not': [{ Condition: 'X' }] } };
    expect(rejection(withEnvironment({ 'Fn::If': ['X', 1, 2] }, { Conditions })).message).toContain('refers to itself');
  });
});
