import { ConfigError } from '../../definition/errors.ts';

const SDK = '@aws-sdk/client-cloudformation';

/**
 * Reads the template of a deployed stack (GetTemplate) with the credentials and region of the AWS configuration.
 *
 * @throws {ConfigError} `sdk-not-installed`. Errors of the service are thrown unchanged.
 */
export async function deployedTemplate(stack: string, region: string | undefined): Promise<unknown> {
  const { CloudFormationClient, GetTemplateCommand } = await loadSdk();
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

/** An optional peer dependency: only comparisons with a deployed stack need it. */
async function loadSdk() {
  try {
    return await import('@aws-sdk/client-cloudformation');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(`'${SDK}'`))
      throw error;
    throw new ConfigError({
      code: 'sdk-not-installed',
      location: SDK,
      found: 'no such package',
      expected: 'the CloudFormation client of the AWS SDK',
      fix: `Install it: npm install --save-dev ${SDK}. Or fetch the template yourself and name the file.`,
    });
  }
}
