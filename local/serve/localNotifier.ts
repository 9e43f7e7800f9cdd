import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FunctionModel } from '../assembly/model.ts';
import { readIfPresent, writePrivateFile } from '../services/files.ts';

/** The variables by which the construct marks the notifier, and by which it learns that it sends nothing. */
const NOTIFIER = 'SECURE_API_NOTIFIER';
const LOCAL = 'SECURE_API_LOCAL_NOTIFICATIONS';
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

/** The functions, with a notifier that sends nothing but to the webhook, and returns its messages. */
export function withLocalNotifier(functions: readonly FunctionModel[], webhook?: LocalWebhook): FunctionModel[] {
  const value = JSON.stringify(webhook === undefined ? {} : { webhook });
  return functions.map((fn) =>
    fn.environment[NOTIFIER] === undefined ? fn : { ...fn, environment: { ...fn.environment, [LOCAL]: value } },
  );
}
