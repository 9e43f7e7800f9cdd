import { describe, expect, it } from 'vitest';
import { largestOf } from '../../../../lib/cli/dashboard/largest.ts';
import { shownNumber, shownTime, timeTicks, valueTicks } from '../../../../lib/cli/dashboard/numbers.ts';
import { widgetsOf } from '../../../../lib/cli/dashboard/widgets.ts';

describe('the body of a dashboard', () => {
  it('is read with repeated values, options of the widget and hidden metrics', () => {
    const metrics = [
      ['AWS/Lambda', 'Errors', 'FunctionName', 'a', { stat: 'Sum', visible: false, id: 'm1' }],
      ['.', 'Duration', '.', 'b', { label: 'b' }],
      [{ expression: 'm1 * 2', id: 'e1', label: 'double' }],
    ];
    const widget = {
      type: 'metric',
      x: 0,
      y: 0,
      width: 8,
      properties: { title: 'T', metrics, period: 60, stat: 'p99' },
    };
    const [read] = widgetsOf(JSON.stringify({ widgets: [widget] }));
    expect(read).toMatchObject({
      kind: 'graph',
      width: 8,
      queries: [
        { id: 'm1', isDrawn: false, period: 60, metric: { name: 'Errors', statistic: 'Sum' } },
        {
          id: 'drawn1',
          label: 'b',
          metric: { namespace: 'AWS/Lambda', name: 'Duration', dimensions: [['FunctionName', 'b']], statistic: 'p99' },
        },
        { id: 'e1', expression: 'm1 * 2' },
      ],
    });
  });

  it('is read in the order of rows and columns, whatever is missing in it', () => {
    const widgets = [
      { type: 'log', x: 0, y: 9 },
      { type: 'text', x: 12, y: 0, properties: { markdown: 'b' } },
      { type: 'alarm', x: 0, y: 0, properties: { alarms: ['arn:aws:cloudwatch:eu-west-1:1:alarm:Api-latency'] } },
      7,
    ];
    expect(widgetsOf(JSON.stringify({ widgets })).map(({ kind }) => kind)).toEqual([
      'alarms',
      'other',
      'text',
      'other',
    ]);
    expect(widgetsOf('{}')).toEqual([]);
  });
});

it('the largest lines are selected of all that a graph sorts', () => {
  const shared = { period: 300, label: '' };
  const queries = [
    { ...shared, id: 's', isDrawn: true, expression: 'SORT([m0, m1, m2], MAX, DESC, 2)' },
    ...['m0', 'm1'].map((id) => ({ ...shared, id, isDrawn: false })),
    { ...shared, id: 'm2', isDrawn: false, expression: 'x0 * 2' },
    { ...shared, id: 'x0', isDrawn: false },
  ];
  const { queries: asked, select } = largestOf(queries);
  expect(asked.map(({ id, isDrawn }) => [id, isDrawn])).toEqual([
    ['m0', true],
    ['m1', true],
    ['m2', true],
    ['x0', false],
  ]);
  const series = [3, undefined, 9].map((value, i) => ({
    label: String(i),
    period: 300,
    points: value === undefined ? [] : [[0, value] as const],
  }));
  expect(select(series).map(({ label }) => label)).toEqual(['2', '0']);
});

describe('axes', () => {
  it.each([
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [7, [0, 2, 4, 6, 8]],
    [0.003, [0, 0.001, 0.002, 0.003]],
    [2_600, [0, 1_000, 2_000, 3_000]],
  ])('up to %d have marks at round values', (most, expected) => {
    expect(valueTicks(most)).toEqual(expected);
  });

  it('of time have marks at round times, with the day where there are several', () => {
    const from = Date.UTC(2026, 10, 29, 11, 47);
    const hours = timeTicks(from, from + 3 * 3_600_000);
    expect(hours.map((time) => shownTime(time, from, from + 3 * 3_600_000))).toEqual([
      '12:00',
      '12:30',
      '13:00',
      '13:30',
      '14:00',
      '14:30',
    ]);
    expect(shownTime(from, from, from + 3 * 86_400_000)).toBe('11-29 11:47');
  });

  it('show three digits of fractions and groups of thousands', () => {
    expect([0.01234, 12.345, 1_234.5, 0].map(shownNumber)).toEqual(['0.0123', '12.3', '1,235', '0']);
  });
});
