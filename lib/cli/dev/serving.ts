import { styleText } from 'node:util';
import type { LocalPackage } from '../localPackage.ts';
import { type ScreenData, startScreen } from './screen.ts';

/** The screen of a start, for the terminal that this process writes its progress to. */
export function serving(
  { ready, notEmulated }: Pick<Awaited<ReturnType<LocalPackage['serve']>>, 'ready' | 'notEmulated'>,
  options: { readonly data: string; readonly quiet?: boolean; readonly verbose?: boolean; readonly hasKeys?: boolean },
): string {
  const { data, quiet: isQuiet = false, verbose: isVerbose = false, hasKeys = false } = options;
  const { stderr } = process;
  const paint: ScreenData['paint'] = (style, text) => styleText(style, text, { stream: stderr });
  const columns = stderr.isTTY ? stderr.columns : Number.POSITIVE_INFINITY;
  return startScreen({
    ready,
    notEmulated,
    data,
    directory: process.cwd(),
    columns,
    hasKeys,
    isQuiet,
    isVerbose,
    paint,
  });
}
