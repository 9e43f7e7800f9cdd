/** Runs as a separate process: serves the assembly of argument 1 with the source maps of argument 2, for a debugger. */
import { open, url } from 'node:inspector';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { serve } from '../../serve/serve.ts';

const [assembly = '', sourceMaps = ''] = process.argv.slice(2);
open(0, '127.0.0.1');
const { ready } = await serve({ assembly, sourceMaps, data: temporaryFolder(), port: 0, isDebugged: true });
process.stdout.write(`${JSON.stringify({ ...ready, inspector: url() })}\n`);
