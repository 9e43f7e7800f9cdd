import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { aws_apigateway, Duration, aws_lambda as lambda } from 'aws-cdk-lib';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { handlerOf, specApi, synthesizeStack } from '../support/assembly.ts';
import { attach } from '../support/debugger.ts';
import { buildHandler } from '../support/sourceMaps.ts';

const SOURCE = `interface Room { readonly name: string }
export const handler = async () => {
  const room: Room = { name: 'blue' };
  const body = room.name.toUpperCase();
  return { statusCode: 200, body };
};
`;
/** The line that sets the body, from 0. */
const LINE = 3;

/** A stack with one route that the function serves; the function times out after a second. */
function assemblyOf(asset: string): string {
  return synthesizeStack((stack) => {
    const handler = handlerOf(stack, { code: lambda.Code.fromAsset(asset), timeout: Duration.seconds(1) });
    const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${handler.functionArn}/invocations`;
    const integration = { type: 'aws_proxy', httpMethod: 'POST', uri, timeoutInMillis: 50 };
    const operation = { responses: {}, 'x-amazon-apigateway-integration': integration };
    const body = { openapi: '3.0.1', info: { title: 'rooms', version: '1' }, paths: { '/room': { get: operation } } };
    specApi(stack, { apiDefinition: aws_apigateway.ApiDefinition.fromInline(body) });
  });
}

it('lets a debugger stop a handler at a line of its TypeScript source, for longer than its timeout, and go on', async () => {
  const { asset, maps, source } = buildHandler(SOURCE);
  const script = fileURLToPath(new URL('../support/debuggedGateway.ts', import.meta.url));
  const child = spawn(process.execPath, [script, assemblyOf(asset), maps], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ready = JSON.parse(
    await new Promise<string>((done) => child.stdout.once('data', (text) => done(String(text)))),
  );
  const debug = await attach(ready.inspector);
  onTestFinished(debug.close);
  const client = clientOf(ready);
  expect((await client('GET', '/room')).text).toBe('BLUE');

  // As an editor does: it finds the map by the script, and in the map the position of the line.
  const { url, sourceMapURL } = await debug.event(
    'Debugger.scriptParsed',
    ({ sourceMapURL: map }) => map !== '' && map !== undefined,
  );
  const map = fileURLToPath(new URL(String(sourceMapURL), String(url)));
  expect(existsSync(map)).toBe(true);
  const { generated, original } = positionOf(JSON.parse(readFileSync(map, 'utf8')), LINE);
  expect(fileURLToPath(new URL(original, `file://${map}`))).toBe(source);
  await debug.send('Debugger.setBreakpointByUrl', { url, ...generated });

  const response = client('GET', '/room');
  const { callFrames } = await debug.event('Debugger.paused');
  const [frame] = callFrames as readonly { readonly callFrameId: string; readonly functionName: string }[];
  expect(frame?.functionName).toBe('handler');
  await new Promise((done) => setTimeout(done, 1_200));
  const expression = '1 + 1';
  const evaluated = await debug.send('Debugger.evaluateOnCallFrame', { callFrameId: frame?.callFrameId, expression });
  expect(evaluated['result']).toMatchObject({ value: 2 });
  await debug.send('Debugger.resume');
  expect(await response).toMatchObject({ status: 200, text: 'BLUE' });
});

/** Where a line of the source begins in the bundle, and the source as the map names it. */
function positionOf(payload: ConstructorParameters<typeof SourceMap>[0], line: number) {
  const map = new SourceMap(payload);
  for (let columnNumber = 0; columnNumber < 10_000; columnNumber += 1) {
    const entry = map.findEntry(0, columnNumber);
    if ('originalLine' in entry && entry.originalLine === line) {
      return { generated: { lineNumber: 0, columnNumber }, original: entry.originalSource };
    }
  }
  throw new Error('the map has no such line');
}
