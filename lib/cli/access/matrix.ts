import { Command } from 'commander';
import { accessMatrix, matrixCsv, matrixHtml, matrixJson, matrixMarkdown, matrixText } from '../../access/index.ts';
import { DEFINITION_OPTION, loadReviewable } from '../loadDefinition.ts';
import { invalidOption, withExamples } from '../options.ts';
import { print } from '../output.ts';

const RENDERERS = {
  text: matrixText,
  json: matrixJson,
  csv: matrixCsv,
  markdown: matrixMarkdown,
  html: matrixHtml,
} as const;
const FORMATS = Object.keys(RENDERERS).join('|');

/** `secure-api access matrix`: who can do what and why, in a format for terminals, programs, spreadsheets or browsers. */
export function matrixCommand(): Command {
  const command = new Command('matrix')
    .description('print role × route: who can do what and why, and every exception with its reason')
    .option(...DEFINITION_OPTION)
    .option(`--format <${FORMATS}>`, 'format of the matrix', 'text')
    .option('--json', 'the same as --format json')
    .action(async (options: { definition?: string; format: string; json?: boolean }) => {
      // Also with --json: a wrong value is an error, never ignored.
      const chosen = rendererOf(options.format);
      const render = options.json === true ? matrixJson : chosen;
      print(render(accessMatrix(await loadReviewable(options.definition))));
    });
  return withExamples(
    command,
    'secure-api access matrix',
    'secure-api access matrix --json',
    'secure-api access matrix --format markdown > docs/access-matrix.md',
    'secure-api access matrix --format html > access.html',
    'secure-api access matrix --format csv > access.csv',
  );
}

function rendererOf(format: string) {
  if (Object.hasOwn(RENDERERS, format)) return RENDERERS[format as keyof typeof RENDERERS];
  throw invalidOption({
    location: '--format',
    found: format,
    expected: Object.keys(RENDERERS).join(', '),
    fix: 'Choose one of these.',
  });
}
