import { CfnAnomalyDetector } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import { trafficMetric } from './trafficAlarms.ts';

/**
 * The model that learns which traffic is usual. It is for exactly the expression of the alarms; they would make one of their own, which
 * would stay when the stack is deleted.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-anomalydetector.html
 */
export function learnTraffic(scope: Construct, resources: MonitoredResources, floor?: number): CfnAnomalyDetector {
  const { expression, usingMetrics } = trafficMetric(resources, floor);
  const metrics = Object.entries(usingMetrics).map(([id, metric]) => {
    const { metricStat } = metric.toMetricConfig();
    if (metricStat === undefined) throw new Error(`${id} is not a metric`);
    const { namespace, metricName, dimensions = [], statistic } = metricStat;
    return {
      id,
      metricStat: {
        metric: { namespace, metricName, dimensions: [...dimensions] },
        period: FIVE_MINUTES.toSeconds(),
        stat: statistic,
      },
      returnData: false,
    };
  });
  return new CfnAnomalyDetector(scope, 'Traffic', {
    metricMathAnomalyDetector: { metricDataQueries: [{ id: 'traffic', expression, returnData: true }, ...metrics] },
  });
}
