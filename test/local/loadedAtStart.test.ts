import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';

it('starts without the modules of Node.js that few stacks need', async () => {
  const [file, hook] = ['modules.json', 'hook.mjs'].map((name) => join(temporaryFolder(), name)) as [string, string];
  const write = `writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.moduleLoadList))`;
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    if (isMainThread) process.on('exit', () => ${write});`,
  );
  const gateway = await startGateway({ environment: { NODE_OPTIONS: `--import=${pathToFileURL(hook)}` } });
  await gateway.stop();
  const loaded: readonly string[] = JSON.parse(readFileSync(file, 'utf8'));
  expect(loaded).toContain('NativeModule https');
  expect(loaded.filter((name) => /undici|http2/.test(name))).toEqual([]);
});
