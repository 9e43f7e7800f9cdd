import { expect, it } from 'vitest';
import { alarmNameOf } from '../../../lib/cli/alarmName.ts';

it.each([
  ['documents-failed-logins', 'documents-failed-logins'],
  ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:documents-failed-logins', 'documents-failed-logins'],
  ['arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a:alarm:b', 'a:alarm:b'],
])('the name of the alarm %s is %s', (given, name) => {
  expect(alarmNameOf(given)).toBe(name);
});
