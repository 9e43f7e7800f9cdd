import { type Resource, resourcesOf, severityOf } from './alarmRows.ts';

/** What notifies and is no alarm, as people read it. */
export interface NoticeRow {
  readonly from: string;
  readonly when: string;
  readonly severity: string;
}

/** The rules on events and the budgets of an assembly's templates (JSON) that notify. */
export function noticesOf(templates: readonly string[]): readonly NoticeRow[] {
  return resourcesOf(templates).flatMap((resource) => {
    if (resource.Type === 'AWS::Events::Rule') return ruleRow(resource);
    return resource.Type === 'AWS::Budgets::Budget' ? budgetRows(resource) : [];
  });
}

interface Pattern {
  readonly source?: readonly string[];
  readonly 'detail-type'?: readonly string[];
  readonly detail?: { readonly severity?: readonly [{ readonly numeric: readonly unknown[] }] };
}

function ruleRow({ Properties }: Resource): readonly NoticeRow[] {
  const [target] = Properties['Targets'] as readonly { readonly Arn: { readonly Ref?: string } }[];
  const pattern = Properties['EventPattern'] as Pattern | undefined;
  const severity = severityOf(target?.Arn.Ref ?? '');
  if (pattern === undefined || severity === '') return [];
  const about = String(Properties['Description']).replace(/^[^:]+: /, '');
  const [level] = pattern.detail?.severity ?? [];
  const when = level === undefined ? about : `${about}, of a severity ${level.numeric.join(' ')}`;
  return [{ from: `\`${pattern.source?.[0]}\`: ${pattern['detail-type']?.[0]}`, when, severity }];
}

interface BudgetNotice {
  readonly Notification: { readonly NotificationType: string; readonly Threshold: number };
  readonly Subscribers: readonly { readonly Address: { readonly Ref?: string } }[];
}

function budgetRows({ Properties }: Resource): readonly NoticeRow[] {
  return (Properties['NotificationsWithSubscribers'] as readonly BudgetNotice[]).map(
    ({ Notification, Subscribers }) => {
      const { NotificationType: type, Threshold } = Notification;
      const when = `${type === 'ACTUAL' ? 'the costs' : 'the forecast'} of the month above ${Threshold}% of \`usdPerMonth\``;
      return { from: 'AWS Budgets', when, severity: severityOf(Subscribers[0]?.Address.Ref ?? '') };
    },
  );
}
