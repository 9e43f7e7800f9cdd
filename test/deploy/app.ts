/**
 * The CDK app that `cdk deploy` runs against the emulator: the sample's app, and then its cloud assembly without what the
 * emulator cannot create. The product knows nothing of this.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Template, withoutGaps } from './gaps.ts';

/** Set to add a resource that fails once these types exist: a wait condition that nobody signals. */
const BREAK = process.env['BREAK_DEPLOYMENT'] !== undefined;
const CREATED_BEFORE = ['AWS::ApiGateway::Stage', 'AWS::Cognito::UserPool', 'AWS::S3::Bucket', 'AWS::KMS::Key'];

await import('../../bin/app.ts');
const folder = process.env['CDK_OUTDIR'] ?? 'cdk.out';
const file = readdirSync(folder).find((name) => name.endsWith('.template.json'));
if (file === undefined) throw new Error(`${folder} has no template.`);
const { template, removed } = withoutGaps(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Template);
const text = JSON.stringify(BREAK ? broken(template) : template, null, 1);
writeFileSync(join(folder, file), text);
writeFileSync(join(folder, 'removed.txt'), removed.join('\n'));
rename(createHash('sha256').update(text).digest('hex'));

/** The CDK does not upload an asset again whose name is in the bucket already: another template is another name. */
function rename(hash: string): void {
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
  const old = /([0-9a-f]{64})\.json"/.exec(manifest)?.[1];
  if (old === undefined) throw new Error('The manifest names no template.');
  for (const name of readdirSync(folder).filter((each) => /^manifest\.json$|\.assets\.json$/.test(each))) {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(old, hash));
  }
}

function broken({ Resources, ...rest }: Template): Template {
  const DependsOn = Object.keys(Resources).filter((id) => CREATED_BEFORE.includes(Resources[id]?.Type ?? ''));
  return {
    ...rest,
    Resources: {
      ...Resources,
      NobodySignals: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      FailsHalfWay: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'NobodySignals' }, Timeout: '1', Count: 1 },
        DependsOn,
      },
    },
  };
}
