import { escaped } from '../../access/escaped.ts';

const LINK = /\[([^\]]+)\]\((https:\/\/[^()\s]+)\)/g;

/**
 * The Markdown that text widgets of the construct have, as HTML: headings, paragraphs and links. Everything else is text. Headings are a
 * level deeper than in the widget, below the one of the page.
 */
export function markdownHtml(markdown: string): string {
  return markdown
    .split(/\n+/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, marks, heading = ''] = /^(#{1,4}) (.*)$/.exec(line) ?? [];
      if (marks === undefined) return `<p>${inline(line)}</p>`;
      const level = Math.min(marks.length + 1, 6);
      return `<h${level}>${inline(heading)}</h${level}>`;
    })
    .join('\n');
}

function inline(text: string): string {
  let html = '';
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const [whole, label = '', url = ''] = match;
    html += `${escaped(text.slice(end, match.index))}<a href="${escaped(url)}" rel="noreferrer">${escaped(label)}</a>`;
    end = match.index + whole.length;
  }
  return html + escaped(text.slice(end));
}
