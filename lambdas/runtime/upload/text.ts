import type { Inspector } from './inspector.ts';
import { mismatch } from './rejection.ts';

/** Control characters other than tab, line feed, form feed and carriage return. */
const CONTROL = /[^\P{Cc}\t\n\f\r]/u;

/** Viewers of PDF look for its header in the first bytes, whatever the name and the type of a file (ISO 32000-1, annex H, note 13). */
const PDF = { header: '%PDF-', within: 1024 } as const;

/** Text: UTF-8 without control characters, and no PDF, which can consist of text. */
export const inspectText: Inspector = (bytes) => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw mismatch('not-utf-8');
  }
  if (CONTROL.test(text)) throw mismatch('control-characters');
  if (text.slice(0, PDF.within).includes(PDF.header)) throw mismatch('signature');
  return { bytes };
};
