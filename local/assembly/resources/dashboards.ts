import type { DashboardModel } from '../dashboardModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import { string } from '../values.ts';

/** Every dashboard of a stack, its body with the names of the resources in it. */
export function readDashboards(stack: StackTemplate, report: ReportGap): DashboardModel[] {
  return stack.ofType('AWS::CloudWatch::Dashboard').map((resource) => {
    reportUnreadProperties(resource, report, ['DashboardBody', 'DashboardName'], []);
    return { name: resource.ref, body: string(resource.properties['DashboardBody']) ?? '' };
  });
}
