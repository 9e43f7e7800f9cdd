import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { StagedCode } from '../../lib/construct/functions/stagedCode.ts';
import { withFolder } from './support.ts';

const METADATA = 'aws:cdk:enable-asset-metadata';

function withCode(use: (folder: string, code: string) => void): void {
  withFolder((folder) => {
    const code = join(folder, 'code');
    mkdirSync(code);
    writeFileSync(join(code, 'index.mjs'), 'export const handler = async () => ({});\n');
    use(folder, code);
  });
}

/** Template, assets and constructs of a stack with one function. */
function synthesized(outdir: string, code: Code, context: object) {
  const app = new App({ outdir, context: { ...context }, analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  new LambdaFunction(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code });
  const assembly = app.synth();
  const { template } = assembly.getStackByName('Stack');
  const manifest = assembly.artifacts.find(({ id }) => id === 'Stack.assets')?.manifest;
  return { template, manifest, paths: stack.node.findAll().map(({ node }) => node.path) };
}

describe('the code of a function', () => {
  it.each([{}, { [METADATA]: true }])('is added to the assembly as the CDK adds a directory: context %j', (context) => {
    withCode((folder, code) => {
      const ours = synthesized(join(folder, 'ours'), new StagedCode(code), context);
      const theirs = synthesized(join(folder, 'theirs'), Code.fromAsset(code), context);
      expect(ours.template).toEqual(theirs.template);
      expect(ours.manifest).toEqual(theirs.manifest);
      expect(JSON.stringify(ours.template).includes('aws:asset:path')).toBe(METADATA in context);
    });
  });

  it('makes no bucket of the bucket of the assets, for which the CDK would load all regions', () => {
    withCode((folder, code) => {
      const { paths } = synthesized(join(folder, 'ours'), new StagedCode(code), {});
      expect(paths.filter((path) => path.includes('Code'))).toEqual([
        'Stack/Function/Code',
        'Stack/Function/Code/Stage',
      ]);
    });
  });
});
