/**
 * Runs the code of CloudFront Functions, runtime 2.0, in a separate context.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
import { type Context, createContext, Script } from 'node:vm';
import type { EdgeFunctionModel } from '../../assembly/edgeModel.ts';
import { isRecord, type Json } from '../../assembly/values.ts';

/** The keys of key value stores, by ARN. */
export type ReadKey = (storeArn: string, key: string) => string | undefined;

/** What functions run with. */
export interface EdgeFunctionOptions {
  readonly readKey: ReadKey;
  /** Receives what the function prints. */
  readonly log: (line: string) => void;
}

/** A function that ended without a result. The message is of the function, and never goes to a viewer. */
class EdgeFunctionError extends Error {
  override readonly name = 'EdgeFunctionError';
}

/** Calls the handler with an event. @throws {EdgeFunctionError} */
export type EdgeFunction = (event: Json) => Json;

/** On AWS, a function that runs for about a millisecond is ended. A machine with other work needs more. */
const LIMIT_MS = 500;
const IMPORT = /^[ \t]*import\s+(\w+)\s+from\s+(['"])cloudfront\2[ \t]*;?/gm;
const OTHER_IMPORT = /^[ \t]*import\b|\brequire\s*\(/m;

/**
 * What a function has beside the language: `cf.kvs()` and `console.log`. Its promises belong to the context, whose queue ends
 * before the call returns, so that the time limit counts all of it.
 */
const PRELUDE = `
  const __cf = (() => {
    const read = __read;
    const kvs = () => ({
      get: async (key, options = {}) => {
        const value = read(String(key));
        if (value === undefined) throw new Error('KeyNotFound');
        return options.format === 'json' ? JSON.parse(value) : value;
      },
      exists: async (key) => read(String(key)) !== undefined,
    });
    return { kvs };
  })();
  const console = (() => {
    const write = __log;
    const log = (...values) => write(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '));
    return { log, info: log, warn: log, error: log };
  })();
`;

/** A connection is denied where the function does not decide. */
const CALLS = {
  handler: 'handler(JSON.parse(__event))',
  connectionHandler: `(async () => {
    let decision;
    const custom = [];
    const connection = Object.assign(JSON.parse(__event), {
      allow: () => { decision ??= 'allow'; },
      deny: () => { decision ??= 'deny'; },
      logCustomData: (text) => { custom.push(String(text)); },
    });
    await connectionHandler(connection);
    return { decision: decision ?? 'deny', custom };
  })()`,
};

/**
 * Compiles a function once; every call runs in the same context, as functions of AWS share one at times.
 *
 * @param entry name of the function that is called
 * @throws {EdgeFunctionError} for code that cannot be compiled, or that imports a module
 */
export function compileEdgeFunction(
  model: EdgeFunctionModel,
  entry: keyof typeof CALLS,
  { readKey, log }: EdgeFunctionOptions,
): EdgeFunction {
  const code = model.code.replaceAll(IMPORT, 'const $1 = __cf;');
  if (OTHER_IMPORT.test(code))
    throw new EdgeFunctionError(`${model.name}: modules other than cloudfront are not emulated`);
  const shared: Record<string, unknown> = Object.assign(Object.create(null), {
    __read: (key: string) => (model.keyValueStore === undefined ? undefined : readKey(model.keyValueStore, key)),
    __log: (line: string) => log(line),
  });
  const context: Context = createContext(shared, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  try {
    new Script(`${PRELUDE}\n${code}`, { filename: model.name }).runInContext(context, { timeout: LIMIT_MS });
  } catch (error) {
    throw failure(model, error);
  }
  const call = new Script(`
    globalThis.__outcome = undefined;
    (async () => ${CALLS[entry]})().then(
      (value) => { globalThis.__outcome = JSON.stringify({ value }); },
      (error) => { globalThis.__outcome = JSON.stringify({ error: String((error && error.message) || error) }); },
    );`);
  return (event) => {
    shared['__event'] = JSON.stringify(event);
    try {
      call.runInContext(context, { timeout: LIMIT_MS });
    } catch (error) {
      throw failure(model, error);
    }
    const outcome: unknown = JSON.parse(String(shared['__outcome'] ?? '{}'));
    const { value, error } = isRecord(outcome) ? outcome : {};
    if (error !== undefined) throw failure(model, error);
    if (!isRecord(value)) throw failure(model, 'the handler returned no object');
    return value;
  };
}

function failure({ name }: EdgeFunctionModel, error: unknown): EdgeFunctionError {
  return new EdgeFunctionError(`${name}: ${isRecord(error) || error instanceof Error ? Object(error).message : error}`);
}
