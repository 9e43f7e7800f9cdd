import { Stack } from 'aws-cdk-lib';
import {
  ConcreteWidget,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LegendPosition,
  MathExpression,
  type Metric,
  SingleValueWidget,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { FIVE_MINUTES } from '../metrics.ts';

/** Columns of a dashboard: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export const COLUMNS = 24;
const GRAPH_HEIGHT = 6;
const NUMBER_HEIGHT = 3;
/** More lines are unreadable, so a graph with more shows those with the largest values. */
export const MOST_LINES = 10;

/** A widget that takes the width that its row has for it. */
export type Draft = (width: number) => IWidget;

/** What a graph draws. */
export interface GraphProps {
  readonly title: string;
  readonly lines: readonly IMetric[];
  /** Horizontal lines, such as thresholds of alarms. */
  readonly thresholds?: readonly HorizontalAnnotation[];
  /** Unit of the axis, such as `ms`. @default - counts */
  readonly unit?: string;
  /** Draws areas on each other, where the sum means something. @default - lines */
  readonly stacked?: boolean;
}

/** Widgets that share the width of the dashboard equally. */
export function row(...drafts: readonly Draft[]): readonly IWidget[] {
  return drafts.map((draft) => draft(COLUMNS / drafts.length));
}

/** Rows of so many widgets; the widgets of a last row that has fewer are wider, so each row is full. */
export function rows(drafts: readonly Draft[], most: 2 | 3): readonly IWidget[] {
  const count = Math.ceil(drafts.length / most);
  return Array.from({ length: count }, (_, i) => row(...drafts.slice(i * most, (i + 1) * most))).flat();
}

/** The heading of a section, with a sentence and its links. */
export function heading(title: string, text: string, links: readonly string[] = []): IWidget {
  const markdown = [`## ${title}`, [text, links.join(' · ')].filter(Boolean).join('\n\n')].join('\n');
  const height = links.length === 0 ? 2 : 3;
  return new TextWidget({ markdown, width: COLUMNS, height, background: TextWidgetBackground.TRANSPARENT });
}

/** Lines over time. */
export function graph({ title, lines, thresholds = [], unit, stacked = false }: GraphProps): Draft {
  return (width) =>
    new GraphWidget({
      title,
      left: lines.length > MOST_LINES ? largest(lines) : [...lines],
      leftAnnotations: [...thresholds],
      leftYAxis: { min: 0, showUnits: false, ...(unit === undefined ? {} : { label: unit }) },
      legendPosition: LegendPosition.BOTTOM,
      stacked: stacked && lines.length <= MOST_LINES,
      period: FIVE_MINUTES,
      width,
      height: GRAPH_HEIGHT,
    });
}

/** The title of a graph, which says so where it shows not all of its lines. */
export function titleOf(title: string, lines: readonly IMetric[]): string {
  return lines.length > MOST_LINES ? `${title}: the ${MOST_LINES} largest` : title;
}

/** The lines with the largest values; the others count as metrics of the dashboard, but are not drawn. */
function largest(lines: readonly IMetric[]): IMetric[] {
  const usingMetrics = Object.fromEntries(lines.map((line, i) => [`m${i}`, line]));
  const expression = `SORT([${Object.keys(usingMetrics).join(', ')}], MAX, DESC, ${MOST_LINES})`;
  return [new MathExpression({ expression, usingMetrics, label: '', period: FIVE_MINUTES })];
}

/** One value for the whole range that the dashboard shows. */
export function number(title: string, metric: IMetric): Draft {
  return (width) =>
    new SingleValueWidget({ title, metrics: [metric], setPeriodToTimeRange: true, width, height: NUMBER_HEIGHT });
}

/** The contributors that a Contributor Insights rule counts most. */
export function topContributors(scope: Construct, title: string, ruleName: string): Draft {
  return (width) => new TopContributorsWidget({ title, ruleName, region: Stack.of(scope).region, width });
}

interface TopContributorsProps {
  readonly title: string;
  readonly ruleName: string;
  readonly region: string;
  readonly width: number;
}

/**
 * CDK has no widget of Contributor Insights. The console writes it in this form when a report is added to a dashboard.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-GraphReportData.html
 */
class TopContributorsWidget extends ConcreteWidget {
  private readonly props: TopContributorsProps;

  constructor(props: TopContributorsProps) {
    super(props.width, GRAPH_HEIGHT);
    this.props = props;
  }

  override toJson(): object[] {
    const { title, ruleName, region } = this.props;
    const properties = {
      title,
      region,
      view: 'timeSeries',
      period: FIVE_MINUTES.toSeconds(),
      insightRule: { ruleName, maxContributorCount: MOST_LINES, orderBy: 'Sum' },
      legend: { position: 'right' },
    };
    return [{ type: 'metric', width: this.width, height: this.height, x: this.x, y: this.y, properties }];
  }
}

/** A metric by percentile, such as the durations of a function. */
export function percentiles(metric: (statistic: string) => Metric): readonly Metric[] {
  return ['p50', 'p90', 'p99'].map((statistic) => metric(statistic).with({ label: statistic, period: FIVE_MINUTES }));
}
