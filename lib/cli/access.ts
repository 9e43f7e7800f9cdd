import { Command } from 'commander';
import { accessMatrix, matrixJson, matrixMarkdown, matrixText } from '../access/index.ts';
import { ConfigError } from '../definition/errors.ts';
import { DEFINITION_OPTION, loadDefinition } from './definition.ts';
import { print } from './output.ts';

const RENDERERS = { text: matrixText, json: matrixJson, markdown: matrixMarkdown } as const;

/** `secure-api access matrix`: who can do what, as text, JSON or Markdown. */
export function accessCommand(): Command {
  const matrix = new Command('matrix')
    .description('print role × route: who can do what, and every escape with its reason')
    .option(...DEFINITION_OPTION)
    .option('--format <text|json|markdown>', 'how to write it', 'text')
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      '\nExamples:\n  $ secure-api access matrix\n  $ secure-api access matrix --json\n  $ secure-api access matrix --format markdown > docs/access-matrix.md',
    )
    .action(async (options: { definition?: string; format: string; json?: boolean }) => {
      const format = options.json === true ? 'json' : options.format;
      print(rendererOf(format)(accessMatrix(await loadDefinition(options.definition))));
    });
  return new Command('access').description('who can do what').addCommand(matrix);
}

function rendererOf(format: string) {
  if (Object.hasOwn(RENDERERS, format)) return RENDERERS[format as keyof typeof RENDERERS];
  throw new ConfigError({
    code: 'option-invalid',
    place: '--format',
    found: format,
    expected: Object.keys(RENDERERS).join(', '),
    mend: 'Choose one of these.',
  });
}
