import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { BUILD_FOLDER } from '../../lib/bundle/buildFolder.ts';
import { type Bundle, type BundledFile, type Bundles, bundleFunctions } from '../../lib/bundle/bundle.ts';
import type { Api } from '../../lib/definition/index.ts';
import { rateLimit } from '../../lib/definition/tiers.ts';
import type { TokenIssuer } from '../../lib/definition/tokenIssuer.ts';
import { root } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { tokenIssuerOf } from '../unit/authorizer/support/authorizer.ts';
import { smallApi, withFolder } from './support.ts';

// What these tests are about is how bundles are made, so none that another test has made is used.
process.env[BUILD_FOLDER] = 'off';

let bundles: Bundles;
beforeAll(() => {
  bundles = bundleFunctions(documents as unknown as Api, join(root, 'lambdas/documents'));
});
afterAll(() => bundles.remove());

const group = (name: string): Bundle => bundles.groups.get(name) ?? expect.fail(`no bundle ${name}`);

/** The packages and the modules of this project in a bundle. */
function contents({ inputs }: BundledFile): readonly string[] {
  const names = Object.keys(inputs).map((path) => {
    const inPackage = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    return inPackage ?? path.split('/').slice(0, 2).join('/');
  });
  return [...new Set(names)].sort();
}

const TELEMETRY = [
  '@aws-lambda-powertools/commons',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws/lambda-invoke-store',
];
const RUNTIME = ['@middy/core', '@middy/util', '@middy/validator', 'lambdas/shared', 'lambdas/runtime'];
const SERVICE = [...RUNTIME, 'in/groups', 'lambdas/documents'].sort();

describe('the bundle', () => {
  it('of the authorizer for issuers of all kinds holds no library, in less than 86 KB', () => {
    expect(contents(bundles.authorizer)).toEqual(['in/authorizer', 'lambdas/authorizer', 'lambdas/shared']);
    expect(bundles.authorizer.bytes).toBeLessThan(86_000);
    // Certificates are read only with mutual TLS.
    expect(Object.keys(bundles.authorizer.inputs).filter((path) => path.includes('/x509/'))).toEqual([]);
  });

  it('of the authorizer has the code of proofs, introspection and shared secrets only where an issuer needs it', () => {
    const parts = { binding: /binding\/(dpopProof|proofStore)/, introspection: /\/introspection/, hmac: /\/hmac/ };
    withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      const of = (...issuers: TokenIssuer[]) => {
        const made = bundleFunctions(smallApi(), folder, { issuers });
        made.remove();
        const paths = Object.keys(made.authorizer.inputs);
        const names = Object.entries(parts).flatMap(([name, module]) =>
          paths.some((one) => module.test(one)) ? name : [],
        );
        return { bytes: made.authorizer.bytes, names };
      };
      const keys = tokenIssuerOf('https://login.example.com');
      const { jwksUri: _, algorithms: __, ...rules } = keys;
      const hmac = { ...rules, hmacSecret: 'arn' };
      const introspection = { endpoint: 'https://a.example', clientId: 'a', clientSecret: 'arn', cacheSeconds: 0 };
      expect(of(keys).bytes).toBeLessThan(80_000);
      expect(of(keys).names).toEqual([]);
      expect(of(keys, hmac).names).toEqual(['hmac']);
      expect(of({ ...rules, introspection }, keys).names).toEqual(['introspection']);
      expect(of({ ...keys, dpop: 'optional' }).names).toEqual(['binding']);
      expect(of({ ...hmac, dpop: 'required' }, { ...rules, introspection }).names).toEqual(Object.keys(parts));
    });
  });

  it.each([
    ['health', 74],
    ['me', 81],
  ])('of %s holds the runtime and its handlers, in less than %d KB', (name, kilobytes) => {
    expect(contents(group(name))).toEqual(SERVICE);
    expect(group(name).bytes).toBeLessThan(kilobytes * 1000);
  });

  it('loads what finds secrets, and Powertools, from a second file: of the authorizer less than 27 KB, of a handler less than 68 KB', () => {
    const [ofAuthorizer, ofHandler] = [bundles.authorizer, group('health')].map(({ onDemand }) => onDemand);
    expect(contents(ofAuthorizer ?? expect.fail())).toEqual(['in/onDemand', 'lambdas/shared']);
    expect(ofAuthorizer?.bytes).toBeLessThan(27_000);
    expect(contents(ofHandler ?? expect.fail())).toEqual(
      [...TELEMETRY, 'in/onDemand', 'lambdas/runtime', 'lambdas/shared'].sort(),
    );
    expect(ofHandler?.bytes).toBeLessThan(68_000);
    for (const { inputs } of [bundles.authorizer, ...bundles.groups.values()]) {
      expect(
        Object.keys(inputs).filter((path) => /namedSecrets|secretFormats|cardNumbers|errorDescription/.test(path)),
      ).toEqual([]);
    }
  });

  it('of the documents holds the DynamoDB client beside that, in less than 520 KB', () => {
    const beside = contents(group('documents')).filter((name) => !SERVICE.includes(name));
    const known =
      /^(@aws-sdk\/|@smithy\/|mnemonist$|obliterator$|tslib$|bowser$|aws4fetch$|@aws\/lambda-invoke-store$)/;
    expect(beside.filter((name) => !known.test(name))).toEqual(['in/nodeHttp.cjs']);
    expect(group('documents').bytes).toBeLessThan(520_000);
  });

  it('of a route that takes files holds their parsers, which no other one does, in less than 515 KB', () => {
    const parsers = /^(yauzl|csv-parse)$/;
    const found = contents(group('addAttachment')).filter((name) => parsers.test(name));
    expect(found).toEqual(['yauzl']);
    expect(group('addAttachment').bytes).toBeLessThan(515_000);
    const others = [
      bundles.authorizer,
      ...[...bundles.groups].flatMap(([id, one]) => (id === 'addAttachment' ? [] : [one])),
    ];
    for (const other of others) {
      expect(contents(other).filter((name) => parsers.test(name))).toEqual([]);
      expect(Object.keys(other.inputs).filter((path) => path.includes('runtime/upload/readUpload'))).toEqual([]);
    }
  });

  it('signs for the bucket by itself: the S3 client of the SDK is in no bundle', () => {
    for (const bundle of bundles.groups.values()) expect(contents(bundle)).not.toContain('@aws-sdk/client-s3');
    expect(contents(group('presignAttachment'))).toContain('aws4fetch');
  });

  it('of every function is free of CDK, compilers, schema libraries and the definition', () => {
    for (const bundle of [bundles.authorizer, bundles.pretoken, ...bundles.groups.values()]) {
      const files = Object.keys(bundle.inputs).join('\n');
      expect(files).not.toMatch(/node_modules\/(aws-cdk|constructs|ajv|typebox|zod|joi|valibot|recheck|esbuild|cdk-)/);
      expect(files).not.toMatch(/(^|\n)lib\/|documents\/(api|schemas)\.ts/);
    }
  });

  it('of a function holds the limiter only where a route has an exact limit, for less than 20 KB', () => {
    withFolder((folder) => {
      const api = smallApi();
      const limit = rateLimit({ rate: 1, burst: 2, exact: true });
      const counted = { ...api.routes['report'], limits: { free: limit } };
      const definition = { ...api, routes: { ...api.routes, report: counted } } as unknown as Api;
      writeHandlers(definition, folder);
      const [with_, without] = [bundleFunctions(definition, folder), bundleFunctions(api, folder)];
      const limiter = (made: Bundles, name: string) =>
        Object.keys(made.groups.get(name)?.inputs ?? {}).some((path) => path.endsWith('limit/limiter.ts'));
      expect([limiter(with_, 'report'), limiter(with_, 'things'), limiter(without, 'report')]).toEqual([
        true,
        false,
        false,
      ]);
      const bytes = (made: Bundles) => made.groups.get('report')?.bytes ?? 0;
      expect(bytes(with_) - bytes(without)).toBeLessThan(20_000);
      for (const made of [with_, without]) made.remove();
    });
  });

  it('of authorizer and handlers sends spans only where the API has traces, for less than 9 KB and 20 KB', () => {
    withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      const made = [undefined, 'xray', 'otlp'].map((tracer) =>
        bundleFunctions(smallApi(), folder, tracer === undefined ? {} : { tracer: tracer as 'xray' | 'otlp' }),
      );
      const ofAll = ({ authorizer, groups }: Bundles) => [authorizer, ...groups.values()];
      const senders = made.map((one) =>
        ofAll(one).map(({ inputs }) =>
          Object.keys(inputs).flatMap((path) => /trace\/(xray|otlp)/.exec(path)?.[1] ?? []),
        ),
      );
      expect(senders.map((each) => [...new Set(each.flat())])).toEqual([[], ['xray'], ['otlp']]);
      const recording = made.map((one) =>
        ofAll(one).map(({ inputs }) =>
          Object.keys(inputs).some((path) => /trace\/requestRecorder|decisionRecorder/.test(path)),
        ),
      );
      expect(recording.map((each) => [...new Set(each)])).toEqual([[false], [true], [true]]);
      expect(
        senders
          .slice(1)
          .flat()
          .filter((each) => each.length !== 1),
      ).toEqual([]);
      // Also of the authorizer: what reports a collector's fault is no library.
      expect(made.flatMap(({ authorizer }) => contents(authorizer)).filter((name) => TELEMETRY.includes(name))).toEqual(
        [],
      );
      const [none, xray, otlp] = made.map(({ authorizer, groups }) => [
        authorizer.bytes,
        Math.max(...[...groups.values()].map(({ bytes }) => bytes)),
      ]);
      const added = (one?: readonly number[]) => one?.map((bytes, index) => bytes - (none?.[index] ?? 0)) ?? [];
      // What records spans, too, which all functions had before: they are smaller by as much.
      expect(Math.max(...added(xray))).toBeLessThan(3_000);
      // A handler also gets what reads the secret of the collector, which the authorizer has.
      const [ofAuthorizer, ofHandler] = added(otlp);
      expect(ofAuthorizer).toBeLessThan(9_000);
      expect(ofHandler).toBeLessThan(20_000);
      for (const one of made) one.remove();
    });
  });

  it('of a function that clients wait for imports no module of Node.js, whose exports would all be read', () => {
    const read = ({ directory }: Bundle) => readFileSync(join(directory, 'index.mjs'), 'utf8');
    const imports = (bundle: Bundle) => read(bundle).match(/\bfrom ?"node:[\w/]+"|\bimport ?"node:[\w/]+"/g) ?? [];
    expect(imports(bundles.authorizer)).toEqual([]);
    // Of Middy.
    expect(new Set(imports(group('health')))).toEqual(new Set(['from"node:timers"']));
  });

  it('of our own functions requires nothing, so they do not make a require', () => {
    // Those of groups have handlers, and what they import.
    const own = Object.values(bundles).flatMap((one) => ('directory' in one ? [one.directory] : []));
    expect(own).toContain(bundles.authorizer.directory);
    for (const directory of own) {
      expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).not.toMatch(/\brequire\b/);
    }
  });

  it('of every function names no path of this machine, and no second file that it does not have', () => {
    for (const { directory, onDemand } of [bundles.authorizer, bundles.pretoken, ...bundles.groups.values()]) {
      const names = readdirSync(directory);
      expect(names).toEqual(
        onDemand === undefined ? ['index.mjs'] : ['index.mjs', expect.stringMatching(/^onDemand-[\da-f]{16}\.mjs$/)],
      );
      // Only a bundle that loads a second file names one.
      expect(readFileSync(join(directory, 'index.mjs'), 'utf8').includes('onDemand')).toBe(onDemand !== undefined);
      for (const name of names) {
        const text = readFileSync(join(directory, name), 'utf8');
        expect(text).not.toContain(root);
        expect(text).not.toContain(directory);
      }
    }
  });

  it('is removed once the assets are copied', () => {
    const other = withFolder((folder) => {
      writeHandlers(smallApi(), folder);
      return bundleFunctions(smallApi(), folder);
    });
    other.remove();
    expect(() => readFileSync(join(other.authorizer.directory, 'index.mjs'))).toThrow(/ENOENT/);
  });
});

describe('assets', () => {
  it('have the same hashes in another folder, so that checkouts and machines agree', () => {
    withFolder((folder) => {
      const checkouts = ['one', 'deeper/down/two'].map((name) => join(folder, name));
      const hashes = checkouts.map((checkout) => {
        mkdirSync(checkout, { recursive: true });
        for (const part of ['bin', 'lib', 'lambdas', 'package.json'])
          cpSync(join(root, part), join(checkout, part), { recursive: true });
        symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
        const out = join(checkout, 'cdk.out');
        execFileSync(process.execPath, ['bin/app.ts'], {
          cwd: checkout,
          env: { ...process.env, CDK_OUTDIR: out },
          stdio: 'pipe',
        });
        return readdirSync(out)
          .filter((name) => name.startsWith('asset.'))
          .sort();
      });
      expect(hashes[0]).toHaveLength(13);
      expect(hashes[1]).toEqual(hashes[0]);
    });
  });
});
