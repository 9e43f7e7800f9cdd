import crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, expect, vi } from 'vitest';

/** Objects whose members a test could replace for every file after it. */
const LANGUAGE = { globalThis, process, console, Math, Date, JSON, Object, Promise, Reflect } as const;
const OBJECTS = { ...LANGUAGE, crypto, dns, fs, http, https, net, tls } as const;

/** What libraries change when they are loaded, which is once in a worker, and what Node counts. */
const BY_LOADING = [
  /^globalThis\.(__|awslambda$)/,
  /^process\._/,
  // What Node makes when it is first read.
  /^process\.allowedNodeEnvironmentFlags$|^crypto\.pseudoRandomBytes$/,
  // graceful-fs, in the CDK.
  /^process\.(cwd|chdir)$|^fs\.close(Sync)?$/,
  // reflect-metadata.
  /^Reflect\.(decorate$|metadata$|\w+Metadata)/,
  // sharp.
  /^process\.env\.VIPSHOME$/,
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
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  const after = sharedParts();
  const names = new Set([...before.keys(), ...after.keys()]);
  expect([...names].filter((name) => !Object.is(before.get(name), after.get(name)))).toEqual([]);
});
