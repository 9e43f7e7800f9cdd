import { X509Certificate } from 'node:crypto';
import { styleText } from 'node:util';
import { redactString } from '../../../lambdas/shared/redact.ts';
import { DEFAULT_DIR } from '../certs/certsOptions.ts';
import { readAuthority } from '../certs/folder.ts';
import type { LocalPackage, RequestLines } from '../localPackage.ts';
import { print } from '../output.ts';
import { type ScreenData, startScreen } from './screen.ts';

/** The screen of a start, for the terminal that this process writes its progress to. */
export function serving(
  { ready, notEmulated, model }: Pick<Awaited<ReturnType<LocalPackage['serve']>>, 'ready' | 'notEmulated' | 'model'>,
  options: {
    readonly data: string;
    readonly quiet?: boolean;
    readonly verbose?: boolean;
    readonly hasKeys?: boolean;
    readonly debugger?: string | undefined;
  },
): string {
  const { data, quiet: isQuiet = false, verbose: isVerbose = false, hasKeys = false } = options;
  const { stderr } = process;
  const columns = stderr.isTTY ? stderr.columns : Number.POSITIVE_INFINITY;
  return startScreen({
    ready,
    notEmulated,
    clients: model.userPools.flatMap(({ clients }) => clients),
    data,
    directory: process.cwd(),
    columns,
    hasKeys,
    debugger: options.debugger,
    isQuiet,
    isVerbose,
    ownCa: ownCa(),
    paint,
  });
}

/** The CA that `secure-api certs` issues by unless `--dir` names another; undefined where only its certificate is here. */
function ownCa(): string | undefined {
  try {
    return new X509Certificate(readAuthority(DEFAULT_DIR).certificate).fingerprint256;
  } catch {
    return undefined;
  }
}

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
const paint: ScreenData['paint'] = (style, text) => styleText(style, text, { stream: process.stderr });

/**
 * How requests and logs are printed: nothing with `--quiet`; with `--json` a document a line on stdout, after that of the start; otherwise
 * lines for people on stderr.
 */
export function requestLines(options: { readonly quiet?: boolean; readonly json?: boolean }): RequestLines | undefined {
  if (options.quiet === true) return undefined;
  return options.json === true
    ? { redact: redactString, format: 'json', write: print }
    : { redact: redactString, paint };
}
