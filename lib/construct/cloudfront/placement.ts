import { CfnOutput, Fn, Names, Stack, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { CLOUDFRONT_REGION, edgeStackName } from '../../definition/edgeStack.ts';
import { invalid } from '../invalid.ts';

/** Of functions, stores and policies of CloudFront, which have one namespace for all regions of an account; the shortest takes 64. */
const LONGEST_NAME = 40;

/** Where the resources of CloudFront are: beside the API in us-east-1, else in the stack `<stack>-edge` there. */
export class Placement {
  readonly scope: Construct;
  /** Whether they are in another stack than the API. */
  readonly isSeparateStack: boolean;
  /** A name that is unique in the account, in all regions. */
  readonly name: string;
  private readonly api: Construct;
  private readonly stack: Stack;

  /** @throws {ConfigError} `edge-invalid` for an API in a nested stack of another region. */
  constructor(scope: Construct) {
    this.api = scope;
    this.stack = Stack.of(scope);
    this.isSeparateStack = this.stack.region !== CLOUDFRONT_REGION;
    this.name = `${Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME, separator: '-' })}-${this.stack.region}`;
    this.scope = this.isSeparateStack ? scopeIn(edgeStack(this.stack), scope) : scope;
  }

  /**
   * A value of the API's stack for the resources of CloudFront. References across regions lead this way alone: from an output, which
   * CloudFormation reads without a custom resource.
   */
  crossStackValue(id: string, value: string): string {
    if (!this.isSeparateStack || !Token.isUnresolved(value)) return value;
    const output = new CfnOutput(this.api, id, { value, description: `Read by ${Stack.of(this.scope).stackName}` });
    return Fn.getStackOutput(this.stack.stackName, this.stack.getLogicalId(output), this.stack.region);
  }
}

function edgeStack(main: Stack): Stack {
  const parent = main.node.scope;
  if (main.nestedStackParent !== undefined || parent === undefined) {
    throw invalid({
      code: 'edge-invalid',
      location: 'edge',
      found: `'cloudfront' in a nested stack in ${main.region}`,
      expected: 'a stack of the app, or one in us-east-1',
      fix: 'Move the API out of the nested stack: its distribution needs a stack in us-east-1 beside it.',
    });
  }
  const id = edgeStackName(main.node.id);
  const present = parent.node.tryFindChild(id);
  if (present instanceof Stack) return present;
  const stack = new Stack(parent, id, {
    stackName: edgeStackName(main.stackName),
    description: `CloudFront in front of ${main.stackName} in ${main.region}`,
    env: { region: CLOUDFRONT_REGION, ...(Token.isUnresolved(main.account) ? {} : { account: main.account }) },
    ...(main.terminationProtection === true ? { terminationProtection: true } : {}),
  });
  stack.addStackDependency(main, 'It reads the outputs of the API.');
  return stack;
}

function scopeIn(stack: Stack, scope: IConstruct): Construct {
  const { id } = scope.node.scope?.node ?? scope.node;
  return new Construct(stack, stack.node.tryFindChild(id) === undefined ? id : Names.uniqueId(scope));
}
