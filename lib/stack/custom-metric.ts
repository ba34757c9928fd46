import { Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricDefinition, STACK_DIMENSION } from '../../functions/core/metrics.ts';

/** One of Rollcall's own metrics, as emitted by the functions of this stack. */
export function customMetric(
  scope: Construct,
  { namespace, name }: MetricDefinition,
  dimensions: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { [STACK_DIMENSION]: Stack.of(scope).stackName, ...dimensions },
  });
}
