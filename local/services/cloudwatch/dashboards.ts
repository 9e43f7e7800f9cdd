import type { DashboardModel } from '../../assembly/dashboardModel.ts';
import type { StackModel } from '../../assembly/model.ts';
import { type Json, string } from '../../assembly/values.ts';
import { OperationError } from '../awsJson.ts';

/**
 * The dashboards of a stack, by the start of their names.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html
 */
export function listDashboards(model: StackModel, input: Json): Json {
  const prefix = string(input['DashboardNamePrefix']) ?? '';
  const found = model.dashboards.filter(({ name }) => name.startsWith(prefix));
  const DashboardEntries = found.map((dashboard) => ({
    DashboardName: dashboard.name,
    DashboardArn: arnOf(model, dashboard),
    Size: Buffer.byteLength(dashboard.body),
  }));
  return { DashboardEntries };
}

/** A dashboard with its body: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDashboard.html */
export function getDashboard(model: StackModel, input: Json): Json {
  const name = string(input['DashboardName']);
  const dashboard = model.dashboards.find((candidate) => candidate.name === name);
  if (dashboard === undefined) throw new OperationError('ResourceNotFound', `There is no dashboard ${name ?? ''}.`);
  return { DashboardName: dashboard.name, DashboardArn: arnOf(model, dashboard), DashboardBody: dashboard.body };
}

/** Dashboards belong to no region. */
function arnOf({ account }: StackModel, { name }: DashboardModel): string {
  return `arn:aws:cloudwatch::${account}:dashboard/${name}`;
}
