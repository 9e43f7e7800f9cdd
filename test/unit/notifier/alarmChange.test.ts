import { describe, expect, it } from 'vitest';
import { alarmChangeOf } from '../../../lambdas/notifier/alarmChange.ts';

describe('what is no alarm', () => {
  it.each(['', 'null', '[]', '{}', '{"AlarmName":"a"}', '{"AlarmName":"a","NewStateValue":"BAD"}', '"text"', '{'])(
    'is %s',
    (message) => {
      expect(alarmChangeOf(message, 0)).toBeUndefined();
    },
  );
});
