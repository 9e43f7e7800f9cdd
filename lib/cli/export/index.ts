import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { EXIT } from '../exitCodes.ts';
import { loadLocal } from '../localPackage.ts';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { requireFolder, writeOutputs } from '../outputFiles.ts';
import { contextOption } from '../synthesize.ts';
import { readStacks, type TemplateSelection } from './readSource.ts';
import { isExported, type Rendered } from './rendered.ts';
import { type ExportSource, type MathTools, sourceOf } from './source.ts';

interface ExportOptions extends TemplateSelection {
  readonly out: string;
  readonly force?: true;
  readonly strict?: true;
  readonly json?: true;
}

type Render = (source: ExportSource, tools: MathTools) => Rendered;

/** Each is loaded when it is needed: two of them bring a library that writes YAML, which no other command needs. */
const TARGETS = {
  prometheus: async (): Promise<Render> => (await import('./promql/prometheus.ts')).prometheus,
  grafana: async (): Promise<Render> => (await import('./grafana/grafana.ts')).grafana,
  datadog: async (): Promise<Render> => (await import('./datadog/datadog.ts')).datadog,
};

/** `secure-api export`: the alarms and dashboards of a template for other systems. */
export function exportCommand(): Command {
  return new Command('export')
    .description('render the alarms and dashboards of a stack for Prometheus, Grafana or Datadog')
    .addCommand(target('prometheus', 'write alerting rules, the configuration of the exporter YACE, and inhibitions'))
    .addCommand(target('grafana', 'write dashboards and alert rules that query CloudWatch'))
    .addCommand(target('datadog', 'write monitors and dashboards on metrics of the integration with AWS'));
}

function target(name: keyof typeof TARGETS, description: string): Command {
  const command = new Command(name)
    .description(description)
    .option('--assembly <dir>', 'read this cloud assembly without a synth')
    .addOption(contextOption())
    .option('--stack <name>', 'read this deployed stack, or select a stack of the assembly')
    .option('--region <region>', 'AWS region of the deployed stack (default: that of the AWS configuration)')
    .option('--out <dir>', 'folder of the files; - prints them as a JSON object', `monitoring/${name}`)
    .option('--force', 'replace files that this command did not write')
    .option('--strict', 'exit with 3 when something cannot be expressed and is left out')
    .option('--json', 'print { files, exported, skipped, deployed } as JSON')
    .action((options: ExportOptions) => run(name, options));
  return withExamples(
    command,
    `secure-api export ${name} --stack Documents`,
    `secure-api export ${name} --assembly cdk.out --out - --json`,
    `secure-api export ${name} --strict`,
  );
}

async function run(name: keyof typeof TARGETS, options: ExportOptions): Promise<void> {
  if (options.out !== '-') requireFolder(options.out, '--out');
  const local = await loadLocal();
  const { stacks, isDeployed } = await readStacks(local, options);
  const render = await TARGETS[name]();
  const { files, exported, skipped } = render(sourceOf(stacks), local);
  const { out, json, strict } = options;
  for (const { what, reason } of skipped)
    progress(`${styleText('yellow', 'skipped', { stream: process.stderr })} ${what}: ${reason}`);
  if (!isDeployed)
    progress('Names that a deployment generates are those of the local gateway: export again with --stack after it.');
  if (out !== '-') write(out, files, options.force);
  if (json === true) {
    const shown = out === '-' ? files : Object.keys(files).map((name) => join(out, name));
    print(JSON.stringify({ files: shown, exported, skipped, deployed: isDeployed }, null, 2));
  } else if (out === '-') print(JSON.stringify(files, null, 2));
  else
    print(
      [
        ...Object.keys(files).map((name) => join(out, name)),
        `${exported.length} alarms, ${skipped.length} left out`,
      ].join('\n'),
    );
  if (strict === true && skipped.length > 0) process.exitCode = EXIT.incomplete;
}

function write(folder: string, files: Rendered['files'], force: true | undefined): void {
  const paths = Object.entries(files).map(([name, text]) => [join(folder, name), text] as const);
  writeOutputs(Object.fromEntries(paths), { option: '--out', isOwn: isExported, force });
}
