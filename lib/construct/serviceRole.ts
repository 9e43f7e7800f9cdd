import {
  type AddToPrincipalPolicyResult,
  CfnRole,
  type IGrantable,
  type PolicyStatement,
  type PrincipalBase,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { type Construct, Dependable, DependencyGroup, type IConstruct } from 'constructs';

/** Metadata of a construct in the cloud assembly: a statement of its policy, with the reason. `docs/iam.md` is made from it. */
const GRANT_METADATA = 'secure-api:grant';

/**
 * Resources of a statement. A role holds 10,240 characters of policies inline; the CDK moves further statements into managed policies,
 * but does not split one. A managed policy has 6,144 characters, and the ARN of an alarm, the longest of ours, up to 210 ("IAM and AWS STS quotas").
 */
const MOST_RESOURCES = 25;

/** What a role is made of. */
export interface ServiceRoleProps {
  /** The service that assumes it. */
  readonly assumedBy: PrincipalBase;
  /** What it is for. */
  readonly description: string;
}

/**
 * The role of a service. It records why it has each permission: grant with {@link explain}.
 *
 * What depends on the role depends on its policies alone. It names the role anyway, and CloudFormation derives that
 * dependency itself.
 */
export class ServiceRole extends Role {
  private reason: string | undefined;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id, props);
    const { node } = this;
    Dependable.implement(this, {
      get dependencyRoots() {
        return node.children.filter((child) => !(child instanceof CfnRole));
      },
    });
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    if (this.reason !== undefined) explainStatement(this, statement, this.reason);
    const added = splitStatement(statement).map((part) => super.addToPrincipalPolicy(part));
    const policyDependable = new DependencyGroup(...added.flatMap((part) => part.policyDependable ?? []));
    return { statementAdded: true, policyDependable };
  }

  /** Every statement that is added meanwhile has this reason. */
  because<T>(reason: string, grant: () => T): T {
    const outer = this.reason;
    this.reason = reason;
    try {
      return grant();
    } finally {
      this.reason = outer;
    }
  }
}

/** The same statement in several, each small enough for a managed policy. */
function splitStatement(statement: PolicyStatement): readonly PolicyStatement[] {
  const { resources } = statement;
  if (resources.length <= MOST_RESOURCES) return [statement];
  const rest = splitStatement(statement.copy({ resources: resources.slice(MOST_RESOURCES) }));
  return [statement.copy({ resources: resources.slice(0, MOST_RESOURCES) }), ...rest];
}

/**
 * Grants something to a role, with the reason for `docs/iam.md`: one sentence. The reason for another principal, such as an
 * imported role, is not recorded.
 */
export function explain<T>(grantee: IGrantable, reason: string, grant: () => T): T {
  const { grantPrincipal } = grantee;
  return grantPrincipal instanceof ServiceRole ? grantPrincipal.because(reason, grant) : grant();
}

/** Records the reason of a statement in the policy of a resource. */
function explainStatement(owner: IConstruct, statement: PolicyStatement, reason: string): void {
  owner.node.addMetadata(GRANT_METADATA, { reason, statement: statement.toStatementJson() });
}

/** Adds a statement to the policy of a resource, and records its reason. */
export function allowBy(
  resource: IConstruct & { addToResourcePolicy(statement: PolicyStatement): unknown },
  statement: PolicyStatement,
  reason: string,
): void {
  explainStatement(resource, statement, reason);
  resource.addToResourcePolicy(statement);
}

/** Records the reasons of statements that the CDK adds to the policy of a resource, by one of their actions. */
export function explainActions(owner: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [Action, reason] of Object.entries(reasons)) {
    owner.node.addMetadata(GRANT_METADATA, { reason, statement: { Action } });
  }
}
