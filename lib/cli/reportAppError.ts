/**
 * Preloaded into the CDK app that `secure-api dev` starts. An error of the definition or of a prop that the app does not catch
 * is written to the file that the command names, and the command reports it as it reports its own: in one block, or as JSON.
 * Every other error is left to Node, which prints it with its stack.
 */
import { writeFileSync } from 'node:fs';
import { isReported } from '../definition/errors.ts';
import { EXIT } from './exitCodes.ts';

process.on('uncaughtExceptionMonitor', (error) => {
  const file = process.env['SECURE_API_APP_ERROR_FILE'];
  // An app that handles its errors itself goes on.
  if (file === undefined || !isReported(error) || process.listenerCount('uncaughtException') > 0) return;
  writeFileSync(file, JSON.stringify({ name: error.name, faults: error.faults }));
  // Node would print the error, too.
  process.exit(EXIT.usage);
});
