import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { createNotifications } from '../../services/sns/notifications.ts';
import { LOGINS, TOPIC } from '../support/alarms.ts';
import { aStack } from '../support/gateway.ts';

test('stored notifications are there after a restart, even when the last line was torn', async () => {
  const data = temporaryFolder();
  const model = aStack({ topics: [TOPIC], alarms: [LOGINS] });
  const transition = {
    alarm: LOGINS,
    from: 'OK',
    to: 'ALARM',
    reason: 'r',
    at: '2026-01-01T00:00:00Z',
    first: false,
  } as const;
  createNotifications(model, data, () => {}).notify(transition);
  appendFileSync(join(data, 'notifications.jsonl'), '{"torn":');
  const again = createNotifications(model, data, () => {});
  expect(again.all()).toHaveLength(1);
  again.notify(transition);
  expect(createNotifications(model, data, () => {}).all()).toHaveLength(2);
});
