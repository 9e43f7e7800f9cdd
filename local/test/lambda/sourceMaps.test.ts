import { describe, expect, it, onTestFinished } from 'vitest';
import { runFunction } from '../support/lambda.ts';
import { buildHandler } from '../support/sourceMaps.ts';

/** Lines of the source, from 1: the handler fails on line 6, after a module that may fail on line 3. */
const source = (failure: string, atImport = '') => `interface Room { readonly name: string }
class RoomError extends Error {}
${atImport}
const readRoom = async (room?: Room): Promise<string> => {
  await Promise.resolve();
  ${failure}
  return room!.name;
};
export const handler = async () => ({ name: await readRoom() });
`;

async function failed(text: string, withMaps = true): Promise<{ lines: string; file: string }> {
  const built = buildHandler(text);
  const fn = runFunction(built, {}, withMaps ? { sourceMaps: built.maps } : { sourceMaps: '/nowhere' });
  onTestFinished(() => fn.close());
  await fn.invoke();
  return { lines: fn.lines.join('\n'), file: built.source };
}

describe('an error of a bundled function', () => {
  it.each([
    ['thrown by the handler', 'throw new RoomError("no room");', '', 6],
    ['of the handler, in an async frame', 'return room!.name;', '', 6],
    ['printed with its cause', 'console.error(new Error("outer", { cause: new TypeError("inner") }));', '', 6],
    ['of several errors', 'throw new AggregateError([new TypeError("inner")], "many");', '', 6],
    [
      'outside of the promise of the handler',
      'setTimeout(() => { throw new Error("late") }); await new Promise(() => {});',
      '',
      6,
    ],
    ['of a rejection that nobody handles', 'Promise.reject(new Error("lost")); await new Promise(() => {});', '', 6],
    ['thrown at import', '', 'throw new Error("TABLE is missing");', 3],
    ['in the JSON of a logger', 'console.log(JSON.stringify({ error: { stack: new Error("logged").stack } }));', '', 6],
  ])('has the lines of the TypeScript source: %s', async (_, failure, atImport, line) => {
    const { lines, file } = await failed(source(failure, atImport));
    expect(lines).toMatch(new RegExp(`at [^\\n]*${file}:${line}:\\d+`));
    expect(lines).not.toContain('asset/index.mjs');
  });

  it('has the lines of the bundle without a map', async () => {
    const { lines } = await failed(source('throw new RoomError("no room");'), false);
    expect(lines).toMatch(/at \w+ \(file:\/\/\S+asset\/index\.mjs:\d+:\d+\)/);
  });
});
