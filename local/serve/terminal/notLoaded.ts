import { FunctionNotLoaded } from '../../lambda/functionNotLoaded.ts';
import { errorReport, type Reading, reportLines } from './errorReport.ts';

/** Adds to the error of code that cannot be loaded what the terminal shows of such an error, and hides the secrets in it. */
export function withReport(error: unknown, { directory, redact }: Reading): unknown {
  if (!(error instanceof FunctionNotLoaded)) return error;
  const report = errorReport(error.cause, { directory, redact });
  // The message has the title.
  const lines = report === undefined ? [] : reportLines(report, '').slice(1);
  // One by one, as in the terminal: in a line of source, the value of a name can seem to go on in the next line.
  error.report = lines.map(redact);
  error.message = redact(error.message);
  return error;
}
