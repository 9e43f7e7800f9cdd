import type { AlarmEvent, ObservedAlarm } from './alarmList.ts';
import { type Paint, shown } from './logFormat.ts';

const STYLES = { ALARM: 'red', OK: 'green', INSUFFICIENT_DATA: 'dim' } as const;
const WORDS = { ALARM: 'ALARM', OK: 'OK', INSUFFICIENT_DATA: 'no data' } as const;
const INDENT = ' '.repeat(9);

/** Alarms for people: those that fire with all that is known, the others in a line each, or as a count. */
export function alarmsText(alarms: readonly ObservedAlarm[], paint: Paint, isWhole: boolean): string {
  const firing = alarms.filter(({ state }) => state === 'ALARM').map((alarm) => firingText(alarm, paint));
  const others = alarms.filter(({ state }) => state !== 'ALARM');
  const lines = isWhole ? others.map((alarm) => lineOf(alarm, paint)) : [];
  return [...firing, ...lines, ...(isWhole ? [] : [countsText(alarms)])].join('\n');
}

function lineOf({ state, severity, alarm, since }: ObservedAlarm, paint: Paint): string {
  const parts = [
    paint(STYLES[state], WORDS[state].padEnd(7)),
    severity.padEnd(6),
    shown(alarm).padEnd(28),
    since ?? '',
  ];
  return parts.join('  ').trimEnd();
}

function firingText(alarm: ObservedAlarm, paint: Paint): string {
  const { measured, contributors = [], meaning, first, runbook, dashboard, owner } = alarm;
  const lists = contributors.map(({ title, rows, others }) => {
    const named = rows.map(({ name, requests }) => `${shown(name)} (${requests})`);
    const more = others === undefined ? [] : [`and about ${others.count} more (${others.requests})`];
    return `${title}: ${[...named, ...more].join(', ')}`;
  });
  const lines = [
    meaning,
    measured ?? '',
    ...lists,
    first,
    runbook === undefined ? '' : `Runbook: ${runbook}`,
    dashboard === undefined ? '' : `Dashboard: ${dashboard}`,
    owner === undefined ? '' : `Owner: ${owner}`,
  ];
  const details = lines.filter((line) => line !== '').map((line) => `${INDENT}${shown(line)}`);
  return [lineOf(alarm, paint), ...details, ''].join('\n');
}

/** How many alarms are in which state. */
function countsText(alarms: readonly ObservedAlarm[]): string {
  const counts = (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const).map((state) => {
    return `${alarms.filter((alarm) => alarm.state === state).length} ${WORDS[state]}`;
  });
  return `${alarms.length} alarms: ${counts.join(', ')}`;
}

/** Changes of alarms for people. */
export function historyText(events: readonly AlarmEvent[], paint: Paint): string {
  return events
    .map(({ time, alarm, from, to, reason }) => {
      const style = to === 'ALARM' ? 'red' : to === 'OK' ? 'green' : 'dim';
      return [
        paint('dim', time),
        paint(style, shown(to).padEnd(17)),
        shown(alarm).padEnd(28),
        `(${shown(from)})  ${shown(reason)}`,
      ].join('  ');
    })
    .join('\n');
}
