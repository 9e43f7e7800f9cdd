import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { runningGateway } from '../findGateway.ts';
import { unreadable, withData, withExamples } from '../options.ts';
import { print } from '../output.ts';
import { browserMethods, runtimeMethods } from './programs.ts';
import { currentSystem, type Method, SYSTEMS, type System, systemMethod, type TrustedCa } from './systems.ts';

interface TrustOptions {
  readonly data: string;
  readonly system?: System;
  readonly json?: boolean;
}

const WARNING =
  'Anyone who can read the key of this CA can sign certificates for any site. Trust it in single programs and in profiles for tests. Do not add it to the system, or to a profile that you use for other sites, unless you accept that, and remove it afterwards.';

/** `secure-api trust`: how systems, browsers and runtimes trust the local CA. It reads, and changes nothing. */
export function trustCommand(): Command {
  const command = withData(
    new Command('trust').description('print how programs trust the CA of the local gateway; changes nothing'),
  )
    .addOption(
      new Option('--system <name>', `system to print for: ${SYSTEMS.join(', ')}; default: this one`).choices(SYSTEMS),
    )
    .option('--json', 'print the instructions as JSON')
    .action((options: TrustOptions) => {
      const ca = readCa(options.data);
      const detected = currentSystem();
      const system = options.system ?? detected;
      const methods = methodsOf(system, ca, runningGateway(options)?.url);
      if (options.json)
        print(JSON.stringify({ ca, detected: detected ?? null, system: system ?? null, warning: WARNING, methods }));
      else print(textOf(system, ca, methods));
    });
  return withExamples(command, 'secure-api trust', 'secure-api trust --system macos', 'secure-api trust --json');
}

/** The methods, the narrowest first. */
function methodsOf(system: System | undefined, ca: TrustedCa, url: string | undefined): readonly Method[] {
  const ofSystem = system === undefined ? [] : [systemMethod(system, ca)];
  return [...runtimeMethods(system, ca, url), ...browserMethods(system, ca), ...ofSystem];
}

interface CaFile extends TrustedCa {
  readonly fingerprint256: string;
  readonly validTo: string;
}

/** @throws {ConfigError} `file-unreadable` when the gateway has made no CA there. */
function readCa(data: string): CaFile {
  const path = resolve(join(data, 'tls', 'ca.pem'));
  try {
    const { fingerprint256, raw, validToDate } = new X509Certificate(readFileSync(path));
    const sha1 = createHash('sha1').update(raw).digest('hex').toUpperCase();
    const name = `secure-api-${fingerprint256.replaceAll(':', '').slice(0, 8).toLowerCase()}`;
    return { path, name, sha1, fingerprint256, validTo: validToDate.toISOString() };
  } catch {
    throw unreadable({
      location: path,
      found: 'no certificate of a CA',
      expected: 'the CA that the local gateway makes at its first start',
      fix: 'Start it with "npm start" or "secure-api dev", or name its directory with --data.',
    });
  }
}

const TITLES: Readonly<Record<Method['kind'], string>> = {
  runtime: 'Runtimes and commands',
  browser: 'Browsers',
  system: 'The whole system',
};

function textOf(system: System | undefined, ca: CaFile, methods: readonly Method[]): string {
  const kinds = ['runtime', 'browser', 'system'] as const;
  const sections = kinds.flatMap((kind) => {
    const own = methods.filter((method) => method.kind === kind);
    return own.length === 0 ? [] : [`\n${TITLES[kind]}`, ...own.flatMap(linesOf)];
  });
  const others = SYSTEMS.filter((name) => name !== system).join(', ');
  return [
    `CA           ${ca.path}`,
    `fingerprint  ${ca.fingerprint256} (SHA-256)`,
    `valid until  ${ca.validTo}`,
    `\n${WARNING}`,
    ...sections,
    `\nPrinted for ${system ?? 'an unknown system'}; --system prints for ${others}. Nothing was changed.`,
  ].join('\n');
}

function linesOf({ name, trust, undo = [], note }: Method): readonly string[] {
  return [
    `  ${name}${note === undefined ? '' : ` (${note})`}`,
    ...trust.map((line) => `    ${line}`),
    ...undo.map((line, i) => `    ${i === 0 ? 'undo:' : '     '} ${line}`),
  ];
}
