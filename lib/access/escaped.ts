import { escapeUnseen } from '../../lambdas/shared/unseen.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text in HTML: reasons and descriptions are free text, and names of clients, addresses and labels are chosen by others. No character hides. */
export function escaped(text: string): string {
  return text
    .split(/(\r?\n)/)
    .map((line, i) => (i % 2 === 1 ? line : escapeUnseen(line)))
    .join('')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
