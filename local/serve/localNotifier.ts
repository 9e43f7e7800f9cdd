import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import type { FunctionModel } from '../assembly/model.ts';
import { readIfPresent, writePrivateFile } from '../services/files.ts';

/** The variables by which the construct marks the notifier, and by which it learns that it sends nothing. */
const NOTIFIER = 'SECURE_API_NOTIFIER';
const LOCAL = 'SECURE_API_LOCAL_NOTIFICATIONS';
/** The variable with the name of the API in AWS. */
const NAME = 'SECURE_API_NAME';
/** The data directory that commands, which are another package, use unless they name another: a test compares them. */
const DEFAULT_DATA = '.secure-api';
/** HMAC with SHA-256 needs no longer key (RFC 2104, section 3). */
const KEY_BYTES = 32;

/** A webhook on this machine that gets every notification. */
export interface LocalWebhook {
  readonly url: string;
  /** As Standard Webhooks write it. */
  readonly key: string;
}

/** The webhook with the key of the data directory, which is made at first use and kept in `<data>/notify-secret` (mode 0600). */
export function localWebhook(url: string | undefined, data: string): LocalWebhook | undefined {
  if (url === undefined) return undefined;
  const path = join(data, 'notify-secret');
  const kept = readIfPresent(path)?.trim();
  if (kept !== undefined && kept !== '') return { url, key: kept };
  const key = `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
  writePrivateFile(path, `${key}\n`);
  return { url, key };
}

/** What the notifier is given on this machine. */
export interface LocalMessages {
  readonly webhook?: LocalWebhook | undefined;
  /** Data directory of the gateway. */
  readonly data: string;
  /** Folder of the runbooks that messages name. @default - messages link to them */
  readonly runbooks?: string | undefined;
}

/** The functions, with a notifier that sends nothing but to the webhook, and returns its messages. */
export function withLocalNotifier(functions: readonly FunctionModel[], messages: LocalMessages): FunctionModel[] {
  const { webhook, data, runbooks } = messages;
  const notifiers = functions.filter(isNotifier);
  return functions.map((fn) => {
    if (!isNotifier(fn)) return fn;
    const options = [...(notifiers.length > 1 ? [`--api ${fn.environment[NAME]}`] : []), ...dataOption(data)].join(' ');
    const value = JSON.stringify({ webhook, options, runbooks });
    return { ...fn, environment: { ...fn.environment, [LOCAL]: value } };
  });
}

function isNotifier({ environment }: FunctionModel): boolean {
  return environment[NOTIFIER] !== undefined;
}

/** Commands find the default directory by themselves, where they are run in the folder of the project as the gateway was. */
function dataOption(data: string): readonly string[] {
  const below = relative(process.cwd(), data);
  if (below === DEFAULT_DATA) return [];
  const path = below.startsWith('..') ? data : below;
  return [`--data ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`}`];
}
