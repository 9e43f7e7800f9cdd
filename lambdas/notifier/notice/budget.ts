import { consoleHost } from '../../shared/console.ts';
import type { Notice, NoticeParts } from './noticeParts.ts';

const FIELD = /^(Budget Name|Budgeted Amount|Alert Type|Alert Threshold|(?:ACTUAL|FORECASTED) Amount): *(\S.*)$/gm;

/**
 * A message of AWS Budgets; undefined for another one. It is a letter with the numbers in lines of their own.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
 */
export function budgetNotice(message: string, { isLocal, region, runbooks }: NoticeParts): Notice | undefined {
  if (!message.startsWith('AWS Budget Notification')) return undefined;
  const fields = new Map([...message.matchAll(FIELD)].map(([, name = '', value = '']) => [name, value.trim()]));
  const kind = fields.get('Alert Type');
  const budget = fields.get('Budget Name') ?? '';
  const [limit, threshold] = [fields.get('Budgeted Amount'), fields.get('Alert Threshold')];
  const amount = fields.get(`${kind} Amount`);
  return {
    title: 'budget',
    incident: `budget-${kind === 'FORECASTED' ? 'forecast' : 'costs'}`,
    what:
      kind === 'FORECASTED'
        ? `The month is going to cost more than the budget ${budget} allows.`
        : `The month has reached a limit of the budget ${budget}.`,
    measured: [
      ...(amount === undefined ? [] : [`${amount}${limit === undefined ? '' : ` of ${limit} a month`}.`]),
      ...(threshold === undefined ? [] : [`It notifies above ${threshold.replace(/^> */, '')}.`]),
    ].join(' '),
    first: 'See in Cost Explorer which service costs more, and on the dashboard whether traffic grew.',
    links: {
      ...(runbooks?.budget === undefined ? {} : { runbook: runbooks.budget }),
      ...(isLocal ? {} : { source: `https://${consoleHost(region)}/billing/home#/budgets` }),
    },
  };
}
