import type { Inspector } from './inspector.ts';
import { mismatch } from './rejection.ts';

/** Control characters other than tab, line feed, form feed and carriage return. */
const CONTROL = /[^\P{Cc}\t\n\f\r]/u;

/** Text: UTF-8 without control characters. */
export const inspectText: Inspector = (bytes) => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw mismatch('not-utf-8');
  }
  if (CONTROL.test(text)) throw mismatch('control-characters');
  return { bytes };
};
