import { AssetStaging, type CfnResource, Names, Stack } from 'aws-cdk-lib';
import { Code, type CodeConfig, type ResourceBindOptions } from 'aws-cdk-lib/aws-lambda';
import {
  ASSET_RESOURCE_METADATA_ENABLED_CONTEXT,
  ASSET_RESOURCE_METADATA_IS_BUNDLED_KEY,
  ASSET_RESOURCE_METADATA_PATH_KEY,
  ASSET_RESOURCE_METADATA_PROPERTY_KEY,
} from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';

/**
 * Code in a directory, as `Code.fromAsset` would add it to the cloud assembly, with the same hash. That also makes a `Bucket` of the
 * bucket of the assets, for which the CDK loads all it knows of all regions, although nobody asks for the bucket (ADR 79).
 */
export class StagedCode extends Code {
  readonly isInline = false;
  private readonly directory: string;
  private asset: StagedAsset | undefined;

  constructor(directory: string) {
    super();
    this.directory = directory;
  }

  override bind(scope: Construct): CodeConfig {
    this.asset ??= new StagedAsset(scope, 'Code', this.directory);
    return { s3Location: this.asset.location };
  }

  override bindToResource(resource: CfnResource, { resourceProperty = 'Code' }: ResourceBindOptions = {}): void {
    this.asset?.describe(resource, resourceProperty);
  }
}

class StagedAsset extends Construct {
  readonly location: { readonly bucketName: string; readonly objectKey: string };
  private readonly path: string;

  constructor(scope: Construct, id: string, directory: string) {
    super(scope, id);
    const staging = new AssetStaging(this, 'Stage', { sourcePath: directory });
    const stack = Stack.of(this);
    this.path = staging.relativeStagedPath(stack);
    this.location = stack.synthesizer.addFileAsset({
      packaging: staging.packaging,
      sourceHash: staging.assetHash,
      fileName: this.path,
      deployTime: true,
      displayName: Names.stackRelativeConstructPath(this),
    });
  }

  /** Adds metadata that says where the code of a resource is, for tools such as the SAM CLI. */
  describe(resource: CfnResource, property: string): void {
    if (!this.node.tryGetContext(ASSET_RESOURCE_METADATA_ENABLED_CONTEXT)) return;
    resource.addMetadata(ASSET_RESOURCE_METADATA_PATH_KEY, this.path);
    resource.addMetadata(ASSET_RESOURCE_METADATA_IS_BUNDLED_KEY, false);
    resource.addMetadata(ASSET_RESOURCE_METADATA_PROPERTY_KEY, property);
  }
}
