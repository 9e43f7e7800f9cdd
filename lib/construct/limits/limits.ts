import type { CfnUsagePlan, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import type { Removal } from '../removal/removal.ts';
import { clientsTable, lookUpClients } from './clientsTable.ts';
import { countExactly } from './countersTable.ts';
import { rotationFunction } from './rotationFunction.ts';
import { usageFunction } from './usageFunction.ts';
import { createUsagePlans } from './usagePlans.ts';

/** Props of `Limits`. */
export interface LimitsProps extends FunctionProps {
  readonly stage: Stage;
  readonly removal: Removal;
  /** Looks up registered clients. */
  readonly authorizer: LambdaFunction;
  /** The handler functions by group: those with exact limits count in a table. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** The secret part of the API keys. */
  readonly keysSecret: Secret;
  readonly encryptionKey: Key;
  /** Days after which that secret is rotated; undefined: never. */
  readonly keyRotationDays: number | undefined;
  /** Whether clients are registered, and the use of their quotas is reported. */
  readonly hasClients: boolean;
  /** The code of the function that reports the use of quotas. */
  readonly usageBundle: FunctionBundle;
  /** The code of the function that rotates the secret. */
  readonly rotationBundle: FunctionBundle;
}

/** What limits the requests of each client: a usage plan for each tier, counters of exact limits, registered clients. */
export class Limits extends Construct {
  /** By tier. */
  readonly usagePlans: Readonly<Record<string, CfnUsagePlan>>;
  /** The counters of exact limits, where a route has one. */
  readonly counters?: TableV2;
  /** The registered clients, with the prop `clients`. */
  readonly clients?: TableV2;
  /** Reports the use of quotas, with the prop `clients`. */
  readonly usage?: LambdaFunction;
  /** Rotates the secret of the API keys, with the prop `keyRotationDays`. */
  readonly rotation?: LambdaFunction;

  constructor(scope: Construct, id: string, props: LimitsProps) {
    super(scope, id);
    this.counters = countExactly(this, props.api, props.functions);
    if (props.hasClients) {
      this.clients = clientsTable(this, props.removal);
      lookUpClients(props.authorizer, this.clients);
    }
    const tiers = new Construct(this, 'Tiers');
    this.usagePlans = createUsagePlans(tiers, { ...props, clients: this.clients });
    if (props.hasClients) {
      const parts = { bundle: props.usageBundle, plans: this.usagePlans };
      this.usage = usageFunction(new Construct(this, 'Usage'), props, parts);
    }
    const { keyRotationDays, stage, rotationBundle: bundle } = props;
    if (keyRotationDays !== undefined) {
      const { usagePlans: plans, clients } = this;
      const parts = { ...props, bundle, plans, clients, keyRotationDays, restApiId: stage.restApi.restApiId };
      this.rotation = rotationFunction(new Construct(this, 'Rotation'), props, parts);
    }
  }
}
