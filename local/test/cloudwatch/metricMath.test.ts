import { expect, test } from 'vitest';
import { evaluateMath } from '../../services/cloudwatch/math/evaluate.ts';
import { parseMath } from '../../services/cloudwatch/math/parse.ts';

const POINTS: Readonly<Record<string, number>> = { a: 6, b: 3, zero: 0, m_1: 10 };
const compute = (expression: string) =>
  evaluateMath(parseMath(expression), { start: 1_801_267_200, pointOf: (id) => POINTS[id] });

test.each([
  ['a + b * 2', 12],
  ['(a + b) * 2', 18],
  ['a - b - 1', 2],
  ['a / b / 2', 1],
  ['-a + 10', 4],
  ['100 * a / m_1', 60],
  ['1.5e2', 150],
  ['a > b', 1],
  ['a <= b', 0],
  ['a == 6 AND b != 6', 1],
  ['a < 1 || b < 1', 0],
  ['IF(m_1 > 5, a, b)', 6],
  ['IF(m_1 > 50, a, b)', 3],
  ['IF(zero, a)', undefined],
  ['IF(m_1 > 5, 100 * a / m_1, 0)', 60],
  ['FILL(gone, 7)', 7],
  ['EPOCH(gone)', 1_801_267_200],
  ['IF(EPOCH(a) >= 1801267200, 1, 0)', 1],
  ['EPOCH(a) < 1801267200', 0],
  ['FILL(a, 7)', 6],
  ['SUM([a, b, gone])', 9],
  ['SUM([FILL(gone, 0), b])', 3],
  ['AVG([a, b])', 4.5],
  ['MAX([a, b])', 6],
  ['MIN(a, b)', 3],
  ['SUM([gone])', undefined],
  ['ABS(b - a)', 3],
  ['a + gone', undefined],
  ['a / zero', undefined],
  ['IF(gone > 1, a, b)', undefined],
])('%s is %s', (expression, expected) => expect(compute(expression)).toBe(expected));

test.each([
  'ANOMALY_DETECTION_BAND(a, 2)',
  'SEARCH("{AWS/Lambda} Errors", "Sum")',
  'SUM(METRICS())',
  'FILL(a, REPEAT)',
  'a +',
  '(a',
  'a b',
  'IF(a)',
  'a ^ 2',
  '',
])('%s is rejected with a reason', (expression) => {
  expect(() => parseMath(expression)).toThrow(expect.objectContaining({ code: 'metric-math' }));
});
