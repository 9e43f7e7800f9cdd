import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The ARN of a path of API Gateway's control plane, in the account and region of a construct.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
 */
export function controlPlaneArn(scope: IConstruct, path: string): string {
  const { partition, region } = Stack.of(scope);
  return `arn:${partition}:apigateway:${region}::${path}`;
}

/** Acknowledges the wildcard in such a path. The rule writes a region that is known, and the name of the token of another. */
export function acknowledgeControlPlane(scope: IConstruct, path: string, reason: string): void {
  const { partition, region } = Stack.of(scope);
  const [ofPartition, ofRegion] = [known(partition) ?? '<AWS::Partition>', known(region) ?? '<AWS::Region>'];
  const id = `AwsSolutions-IAM5[Resource::arn:${ofPartition}:apigateway:${ofRegion}::${path}]`;
  Validations.of(scope).acknowledge({ id, reason });
}

function known(value: string): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
