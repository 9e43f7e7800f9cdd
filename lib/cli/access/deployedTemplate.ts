import { loadSdk } from '../../aws/sdk.ts';
import { ConfigError } from '../../definition/errors.ts';

/**
 * Reads the template of a deployed stack (GetTemplate) with the credentials and region of the AWS configuration.
 *
 * @throws {ConfigError} `sdk-not-installed`. Errors of the service are thrown unchanged.
 */
export async function deployedTemplate(stack: string, region: string | undefined): Promise<unknown> {
  const { CloudFormationClient, GetTemplateCommand } = (await loadSdk('cloudFormation')).cloudFormation;
  const client = new CloudFormationClient(region === undefined ? {} : { region });
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' }));
    return JSON.parse(TemplateBody ?? 'null');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError({
      code: 'file-unreadable',
      location: `--stack ${stack}`,
      found: 'a template that is not JSON',
      expected: 'a stack that the CDK deployed',
      fix: 'Name the stack that has the API.',
    });
  } finally {
    client.destroy();
  }
}
