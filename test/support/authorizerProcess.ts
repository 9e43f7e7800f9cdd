import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CODE = `import(process.argv[1]).then(async ({ handler }) => {
  for (const event of JSON.parse(process.argv[2])) await handler(event, {}).then(
    (result) => process.stdout.write('\\nRESULT' + JSON.stringify(result) + '\\n'),
    (error) => process.stdout.write('\\nERROR' + error.message + '\\n'));
})`;

/** A decision, as the function returns it. */
export type Result = Readonly<Record<string, unknown>>;

/**
 * The results of the bundle of an authorizer for `GET /things`, in its own process, one for each token, or the message of its error; its logs
 * come between.
 *
 * @param environment variables of the function, with the addresses of the services that it reads
 */
export async function authorizerResults(
  bundle: string,
  environment: Readonly<Record<string, string>>,
  tokens: readonly string[],
): Promise<readonly (Result | string)[]> {
  const events = tokens.map((token) => ({
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc/live/GET/things',
    resource: '/things',
    path: '/things',
    httpMethod: 'GET',
    headers: { authorization: `Bearer ${token}` },
    requestContext: { requestId: 'r-1' },
  }));
  const env = { ...environment, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  const { stdout } = await run(process.execPath, ['-e', CODE, bundle, JSON.stringify(events)], {
    env,
    cwd: dirname(bundle),
  });
  const results = [...stdout.matchAll(/^(RESULT|ERROR)(.*)$/gm)].map(([, kind, text = '']) =>
    kind === 'RESULT' ? (JSON.parse(text) as Result) : text,
  );
  if (results.length !== tokens.length)
    throw new Error(`${results.length} results for ${tokens.length} tokens: ${stdout}`);
  return results;
}
