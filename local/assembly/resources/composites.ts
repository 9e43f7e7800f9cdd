import type { CompositeAlarmModel, MuteRuleModel } from '../compositeModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import { number, record, string, strings } from '../values.ts';

const EMULATED = [
  'ActionsEnabled',
  'ActionsSuppressor',
  'ActionsSuppressorExtensionPeriod',
  'ActionsSuppressorWaitPeriod',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'AlarmRule',
  'InsufficientDataActions',
  'OKActions',
];

/** Every composite alarm of a stack. */
export function readCompositeAlarms(stack: StackTemplate, report: ReportGap): CompositeAlarmModel[] {
  return stack.ofType('AWS::CloudWatch::CompositeAlarm').map((resource) => {
    const { properties } = resource;
    reportUnreadProperties(resource, report, EMULATED, ['ActionConfiguration']);
    const acts = properties['ActionsEnabled'] !== false && properties['ActionsEnabled'] !== 'false';
    const actions = (name: string) => (acts ? strings(properties[name]) : []);
    const description = string(properties['AlarmDescription']);
    const alarm = string(properties['ActionsSuppressor']);
    const waitSeconds = number(properties['ActionsSuppressorWaitPeriod']) ?? 0;
    const extensionSeconds = number(properties['ActionsSuppressorExtensionPeriod']) ?? 0;
    return {
      name: resource.ref,
      ...(description === undefined ? {} : { description }),
      rule: string(properties['AlarmRule']) ?? '',
      ...(alarm === undefined ? {} : { suppressor: { alarm, waitSeconds, extensionSeconds } }),
      alarmActions: actions('AlarmActions'),
      okActions: actions('OKActions'),
      insufficientDataActions: actions('InsufficientDataActions'),
    };
  });
}

/** Every mute rule of a stack. One whose duration is not understood is left out and reported. */
export function readMuteRules(stack: StackTemplate, report: ReportGap): MuteRuleModel[] {
  return stack.ofType('AWS::CloudWatch::AlarmMuteRule').flatMap((resource) => {
    const { properties } = resource;
    reportUnreadProperties(resource, report, ['ExpireDate', 'MuteTargets', 'Rule', 'StartDate'], []);
    const schedule = record(record(properties['Rule'])['Schedule']);
    const durationSeconds = secondsOf(string(schedule['Duration']) ?? '');
    if (durationSeconds === undefined) {
      report(resource, 'its duration is not understood, so it mutes nothing');
      return [];
    }
    const start = Date.parse(string(properties['StartDate']) ?? '');
    const expire = Date.parse(string(properties['ExpireDate']) ?? '');
    return [
      {
        name: resource.ref,
        alarms: strings(record(properties['MuteTargets'])['AlarmNames']),
        expression: string(schedule['Expression']) ?? '',
        durationSeconds,
        timeZone: string(schedule['Timezone']) ?? 'UTC',
        ...(Number.isNaN(start) ? {} : { start }),
        ...(Number.isNaN(expire) ? {} : { expire }),
      },
    ];
  });
}

/** Seconds of an ISO 8601 duration such as `P1DT4H`; `undefined` for months, years and anything else. */
function secondsOf(duration: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds || undefined;
}
