import { afterAll, expect } from 'vitest';

/** Objects whose members a test could replace for every file after it. */
const OBJECTS = { globalThis, process, console, Math, Date, JSON, Object, Promise, Reflect } as const;

/** What libraries change when they are loaded, which is once in a worker, and what Node counts. */
const BY_LOADING = [
  /^globalThis\.(__|awslambda$)/,
  /^process\._/,
  // graceful-fs, in the CDK.
  /^process\.(cwd|chdir)$/,
  // reflect-metadata.
  /^Reflect\.(decorate$|metadata$|\w+Metadata)/,
  // How a library names itself to AWS.
  /^process\.env\.AWS_SDK_UA_APP_ID$/,
];

/** What the files in one worker share, one name for each part. */
function sharedParts(): ReadonlyMap<string, unknown> {
  const members = Object.entries(OBJECTS).flatMap(([name, object]) =>
    Object.entries(Object.getOwnPropertyDescriptors(object)).map(
      ([key, { value, get }]) => [`${name}.${key}`, get ?? value] as const,
    ),
  );
  const environment = Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const);
  const parts = [...members, ...environment].filter(([name]) => !BY_LOADING.some((pattern) => pattern.test(name)));
  return new Map<string, unknown>([...parts, ['the working directory', process.cwd()]]);
}

const before = sharedParts();

// Files of this project share a worker, so a file that leaves a change behind would change what the next one tests.
afterAll(() => {
  const after = sharedParts();
  const names = new Set([...before.keys(), ...after.keys()]);
  expect([...names].filter((name) => !Object.is(before.get(name), after.get(name)))).toEqual([]);
});
