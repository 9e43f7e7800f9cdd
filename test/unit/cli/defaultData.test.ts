import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_DATA } from '../../../lib/cli/options.ts';
import type { FunctionModel } from '../../../local/assembly/model.ts';
import { withLocalNotifier } from '../../../local/serve/localNotifier.ts';

/** The options of the commands in messages of a gateway with this data directory. */
function optionsIn(data: string): unknown {
  const notifier = { environment: { SECURE_API_NOTIFIER: '{}' } } as unknown as FunctionModel;
  const [fn] = withLocalNotifier([notifier], { data: resolve(data) });
  return JSON.parse(fn?.environment['SECURE_API_LOCAL_NOTIFICATIONS'] ?? '').options;
}

it('messages of the gateway name its data directory unless it is the default of the commands', () => {
  expect([optionsIn(DEFAULT_DATA), optionsIn('other')]).toEqual(['', '--data other']);
});
