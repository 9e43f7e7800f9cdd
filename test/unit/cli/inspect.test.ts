import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openInspector } from '../../../lib/cli/dev/inspect.ts';

it('rejects a port for the debugger that is in use', async () => {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
  });
  await expect(openInspector(port)).rejects.toMatchObject({
    name: 'ConfigError',
    faults: [{ code: 'option-invalid', location: '--inspect', found: `port ${port}, which is in use` }],
  });
  server.close();
});
