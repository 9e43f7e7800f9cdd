import { existsSync, readFileSync } from 'node:fs';
import { quoted } from '../../../create/shellWord.ts';

/** The systems that have instructions. */
export const SYSTEMS = ['macos', 'windows', 'debian', 'fedora', 'alpine'] as const;
export type System = (typeof SYSTEMS)[number];

/** How one program, or the whole system, trusts a CA. */
export interface Method {
  readonly name: string;
  readonly kind: 'runtime' | 'browser' | 'system';
  /** Whole command lines, or a sentence where there is no command. */
  readonly trust: readonly string[];
  readonly undo?: readonly string[];
  readonly note?: string;
}

/** The families of Linux, by the names of os-release(5). */
const FAMILIES: Readonly<Record<string, System>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  alpine: 'alpine',
};

/** The system that this process runs on; undefined for a Linux that is of no family with instructions. */
export function currentSystem(platform: string = process.platform, release = osRelease()): System | undefined {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  const names = [...release.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].flatMap(([, value = '']) =>
    value.replaceAll(/["']/g, '').split(/\s+/),
  );
  return names.map((name) => (Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined)).find(Boolean);
}

function osRelease(): string {
  const path = ['/etc/os-release', '/usr/lib/os-release'].find((candidate) => existsSync(candidate));
  return path === undefined ? '' : readFileSync(path, 'utf8');
}

/** Name of the CA in stores that have names. The digits keep the CAs of two projects apart. */
export interface TrustedCa {
  readonly path: string;
  /** `secure-api-` and the beginning of its fingerprint. */
  readonly name: string;
  /** SHA-1 in hexadecimal without colons: the stores of macOS and Windows find certificates by it. */
  readonly sha1: string;
}

/** A word of the shell of a system: PowerShell on Windows, else `sh`. */
export function shellWord(text: string, system: System | undefined): string {
  return system === 'windows' ? `'${text.replaceAll("'", "''")}'` : quoted(text);
}

/** How the whole system trusts a CA. */
export function systemMethod(system: System, { path, name, sha1 }: TrustedCa): Method {
  const file = shellWord(path, system);
  const kind = 'system' as const;
  switch (system) {
    case 'macos':
      return {
        name: 'macOS',
        kind,
        trust: [`security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db ${file}`],
        undo: [
          `security remove-trusted-cert ${file}`,
          `security delete-certificate -Z ${sha1} ~/Library/Keychains/login.keychain-db`,
        ],
        note: 'for your user alone; it asks for your password',
      };
    case 'windows':
      return {
        name: 'Windows',
        kind,
        trust: [`certutil -user -addstore Root ${file}`],
        undo: [`certutil -user -delstore Root ${sha1}`],
        note: 'for your user alone; it asks whether you are sure',
      };
    case 'fedora':
      return linux('Fedora, RHEL', file, `/etc/pki/ca-trust/source/anchors/${name}.pem`, 'update-ca-trust');
    case 'debian':
      return linux('Debian, Ubuntu', file, `/usr/local/share/ca-certificates/${name}.crt`, 'update-ca-certificates');
    case 'alpine':
      return linux('Alpine', file, `/usr/local/share/ca-certificates/${name}.crt`, 'update-ca-certificates');
  }
}

/** https://docs.fedoraproject.org/en-US/quick-docs/using-shared-system-certificates/ and update-ca-certificates(8) */
function linux(name: string, file: string, anchor: string, update: string): Method {
  return {
    name,
    kind: 'system',
    trust: [`sudo install -m 644 ${file} ${anchor}`, `sudo ${update}`],
    undo: [`sudo rm ${anchor}`, `sudo ${update}`],
    note: 'for every user of the machine; needs the package ca-certificates',
  };
}
