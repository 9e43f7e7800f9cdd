import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ConfigError } from '../../definition/errors.ts';
import type { StackApiName } from '../../definition/stackOutputs.ts';
import type { ApiSelection, DeployedApi } from '../deployedApi.ts';
import { missingOption, unreadable } from '../options.ts';
import { writeAtomically } from '../writeAtomically.ts';
import type { SignInClient } from './signInClient.ts';
import type { Tokens } from './tokenResponse.ts';

/** A person's session with one deployed API: where it was made, and its tokens. */
export interface Session extends StackApiName, Omit<Tokens, 'refreshToken'> {
  readonly version: 1;
  readonly stackId: string;
  readonly stack: string;
  readonly region: string;
  readonly url: string;
  readonly client: SignInClient;
  readonly refreshToken?: string;
}

/** Of the last part of the file's name; the parts in front cannot contain a dot. */
const SUFFIX = '.json';

/**
 * The folder of the sessions, in the person's own configuration and not in the project: a session belongs to a person, works for every
 * checkout, and is not committed, copied into an image or deleted with the data of the local gateway.
 */
function sessionsFolder(): string {
  const { XDG_CONFIG_HOME: configured = '', LOCALAPPDATA: windows = '' } = process.env;
  const ownFolder = process.platform === 'win32' && windows !== '' ? windows : join(homedir(), '.config');
  // The specification ignores relative paths. https://specifications.freedesktop.org/basedir-spec/latest/
  return join(isAbsolute(configured) ? configured : ownFolder, 'secure-api', 'sessions');
}

/** The file of the session with an API: an account and a region can each have a stack of this name. */
export function sessionFile({
  stackId,
  stack,
  region,
  name,
}: Pick<DeployedApi, 'stackId' | 'stack' | 'region' | 'name'>) {
  const account = stackId.split(':')[4] ?? '';
  const parts = [account, region, stack, name].map((part) => part.replaceAll(/[^A-Za-z0-9-]/g, '_'));
  return join(sessionsFolder(), `${parts.join('.')}${SUFFIX}`);
}

/** Writes a session: a file that nobody else can read (0600), in a folder that nobody else can open (0700). */
export function writeSession(session: Session): void {
  makeSessionsFolder();
  writeAtomically(sessionFile(session), JSON.stringify(session));
}

/**
 * Makes the folder of the sessions.
 *
 * @throws {ConfigError} `file-unreadable` when others can write to it: they could replace a session.
 */
export function makeSessionsFolder(): void {
  const folder = sessionsFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const isOwn = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
  if (stat.isDirectory() && isOwn) return;
  throw unreadable({
    location: folder,
    found: 'a folder that others can use, or no folder',
    expected: 'a folder of your own with the mode 0700',
    fix: `Run chmod 700 on it, or remove it.`,
  });
}

/** The session with an API, or undefined. */
export function readSession(file: string): Session | undefined {
  try {
    const session = JSON.parse(readFileSync(file, 'utf8')) as Session;
    return session.version === 1 ? session : undefined;
  } catch {
    // No file, or one of another version: the person signs in again.
    return undefined;
  }
}

/** Removes a session, with what a process that was killed while it wrote the session has left. */
export function removeSession(file: string): void {
  const [folder, own] = [dirname(file), basename(file)];
  const drafts = readdirSync(folder).filter((name) => name.startsWith(`${own}.`) && name.endsWith('.tmp'));
  for (const name of [own, ...drafts]) rmSync(join(folder, name), { force: true });
}

/**
 * Finds the file of a session by what a person selects, without a call to AWS.
 *
 * @throws {ConfigError} `not-signed-in`; `option-missing` when several sessions match.
 */
export function findSession({ stack, api, region }: ApiSelection): string {
  const sessions = savedSessions().filter(
    ({ session }) =>
      [session.stack, session.stackId].includes(stack) &&
      (region === undefined || region === session.region) &&
      (api === undefined || [session.api, session.name].includes(api)),
  );
  const [only] = sessions;
  if (only === undefined) throw notSignedIn(stack, 'no session with it');
  if (sessions.length === 1) return only.file;
  const found = sessions.map(({ session }) => `${session.name} of ${session.stackId}`).join(', ');
  const fix = 'Select one: --api, --region, or the ARN of the stack as --stack.';
  throw missingOption({
    location: `--stack ${stack}`,
    found: `several sessions: ${found}`,
    expected: 'one of them',
    fix,
  });
}

/** The error of a command that needs a session. */
export function notSignedIn(stack: string, found: string): ConfigError {
  return new ConfigError({
    code: 'not-signed-in',
    location: `--stack ${stack}`,
    found,
    expected: 'a session of yours with an API of this stack',
    fix: `Sign in: secure-api login --stack ${stack}.`,
  });
}

function savedSessions(): readonly { readonly file: string; readonly session: Session }[] {
  const folder = sessionsFolder();
  const names = lstatSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder);
  return names.toSorted().flatMap((name) => {
    const file = join(folder, name);
    const session = name.endsWith(SUFFIX) ? readSession(file) : undefined;
    return session === undefined ? [] : [{ file, session }];
  });
}
