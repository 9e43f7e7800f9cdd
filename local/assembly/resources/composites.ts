import type { CompositeAlarmModel, MuteRuleModel } from '../compositeModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import { type Json, number, record, string, strings } from '../values.ts';

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
    const rule = muteRuleOf(resource.ref, properties);
    if (rule === undefined) report(resource, 'its duration is not understood, so it mutes nothing');
    return rule ?? [];
  });
}

/** A mute rule of a template or of a request; undefined where its duration is not understood. */
export function muteRuleOf(name: string, properties: Json): MuteRuleModel | undefined {
  const schedule = record(record(properties['Rule'])['Schedule']);
  const durationSeconds = secondsOf(string(schedule['Duration']) ?? '');
  if (durationSeconds === undefined) return undefined;
  const start = instantOf(properties['StartDate']);
  const expire = instantOf(properties['ExpireDate']);
  return {
    name,
    alarms: strings(record(properties['MuteTargets'])['AlarmNames']),
    expression: string(schedule['Expression']) ?? '',
    durationSeconds,
    timeZone: string(schedule['Timezone']) ?? 'UTC',
    ...(start === undefined ? {} : { start }),
    ...(expire === undefined ? {} : { expire }),
  };
}

/** Milliseconds of ISO 8601, as in templates, or of epoch seconds, as in requests. */
function instantOf(value: unknown): number | undefined {
  const milliseconds = typeof value === 'number' ? value * 1000 : Date.parse(string(value) ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Seconds of an ISO 8601 duration such as `P1DT4H`; `undefined` for months, years and anything else. */
function secondsOf(duration: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds || undefined;
}
