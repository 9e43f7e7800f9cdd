/** A dashboard of CloudWatch. */
export interface DashboardModel {
  readonly name: string;
  /** JSON, as PutDashboard takes it. */
  readonly body: string;
}
