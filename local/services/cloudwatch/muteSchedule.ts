import type { MuteRuleModel } from '../../assembly/compositeModel.ts';

const MINUTE_MS = 60_000;

/** Whether a rule mutes at an instant (simulated ms). Instants that are asked for must not go back. */
export type IsMuted = (time: number) => boolean;

/** The least and the most that each field of a cron expression can be: minute, hour, day, month, day of the week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

const NAMES = [
  ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
] as const;

/**
 * The schedule of a mute rule: a window begins at each minute that matches, and lasts as long as the rule says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
 *
 * @throws for an expression or a time zone that is not understood
 */
export function muteSchedule(rule: MuteRuleModel): IsMuted {
  const begins = matcher(rule.expression, zoned(rule.timeZone));
  const durationMs = rule.durationSeconds * 1000;
  let checked: number | undefined;
  let mutedUntil = Number.NEGATIVE_INFINITY;
  return (time) => {
    const minute = Math.floor(time / MINUTE_MS);
    // The first look covers windows that began before.
    for (let at = checked ?? minute - Math.ceil(durationMs / MINUTE_MS); at <= minute; at++) {
      const start = at * MINUTE_MS;
      if (at === checked || start < (rule.start ?? 0) || start >= (rule.expire ?? Number.POSITIVE_INFINITY)) continue;
      if (begins(start)) mutedUntil = Math.max(mutedUntil, start + durationMs);
    }
    checked = minute;
    return time < mutedUntil && time < (rule.expire ?? Number.POSITIVE_INFINITY);
  };
}

/** Minute, hour, day, month, day of the week and year in a time zone. */
type Zoned = (time: number) => readonly [number, number, number, number, number, number];

function zoned(timeZone: string): Zoned {
  const numeric = { minute: 'numeric', hour: 'numeric', day: 'numeric', month: 'numeric', year: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', weekday: 'short', ...numeric });
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const { minute, hour, day, month, year, weekday = '' } = parts;
    const weekDay = NAMES[1].findIndex((name) => name === weekday.toUpperCase());
    return [Number(minute), Number(hour), Number(day), Number(month), weekDay, Number(year)];
  };
}

function matcher(expression: string, parts: Zoned): (time: number) => boolean {
  const at = /^at\((\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d)?\)$/.exec(expression);
  if (at !== null) {
    const [, year, month, day, hour, minute] = at.map(Number);
    return (time) => {
      const [m, h, d, mon, , y] = parts(time);
      return y === year && mon === month && d === day && h === hour && m === minute;
    };
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/) ?? [];
  if (fields.length !== FIELDS.length) throw new Error(`the schedule ${expression} is not understood`);
  const [minutes, hours, days, months, weekDays] = fields.map((field, index) => valuesOf(field, index));
  const [anyDay, anyWeekDay] = [fields[2], fields[4]].map((field) => field === '*' || field === '?');
  return (time) => {
    const [minute, hour, day, month, weekDay] = parts(time);
    if (!minutes?.has(minute) || !hours?.has(hour) || !months?.has(month)) return false;
    const byDay = days?.has(day) ?? false;
    const byWeekDay = weekDays?.has(weekDay) ?? false;
    // As in cron, either is enough when both are given.
    return anyDay || anyWeekDay ? (anyDay || byDay) && (anyWeekDay || byWeekDay) : byDay || byWeekDay;
  };
}

/** Values of a field: `*`, `?`, `5`, `1-5`, `*` with a step, lists of them, and names of months and days. */
function valuesOf(field: string, index: number): ReadonlySet<number> {
  const [least, most] = FIELDS[index] ?? [0, 0];
  const names: readonly string[] = index === 3 ? NAMES[0] : index === 4 ? NAMES[1] : [];
  const numberOf = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    const value = named === -1 ? Number(text) : named + (index === 3 ? 1 : 0);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new Error(`the field ${field} is not understood`);
    return value;
  };
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = '', to] = range.split('-');
    const first = range === '*' || range === '?' ? least : numberOf(from);
    const last = range === '*' || range === '?' ? most : to === undefined ? (step ? most : first) : numberOf(to);
    for (let value = first; value <= last; value += Number(step ?? 1) || 1) values.add(value);
  }
  if (index === 4 && values.has(7)) values.add(0);
  return values;
}
