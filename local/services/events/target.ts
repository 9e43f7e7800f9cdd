import type { EventTargetModel } from '../../assembly/eventRuleModel.ts';
import { isRecord, type Json } from '../../assembly/values.ts';

/**
 * What a target receives of an event: all of it, a part, a constant, or a template with `<name>` for the parts that it names.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput({ input }: EventTargetModel, event: Json): string {
  switch (input?.kind) {
    case undefined:
      return JSON.stringify(event);
    case 'constant':
      return input.text;
    case 'path':
      return JSON.stringify(partAt(event, input.path) ?? {});
    case 'template':
      return fill(input.template, (name) => {
        const path = Object.hasOwn(input.paths, name) ? input.paths[name] : undefined;
        if (path !== undefined) return partAt(event, path);
        return name === 'aws.events.event.json' ? event : undefined;
      });
  }
}

/** Within quotes, a part stands as text; elsewhere strings keep their quotes only in a JSON document. */
function fill(template: string, partOf: (name: string) => unknown): string {
  const isDocument = template.trimStart().startsWith('{');
  const filled = template.replace(/(")?<([\w.-]+)>(")?/g, (_, before = '', name: string, after = '') => {
    const part = partOf(name) ?? '';
    const text = typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : JSON.stringify(part);
    const isBare = before === '' && after === '';
    return isBare && isDocument && typeof part === 'string' ? `"${text}"` : `${before}${text}${after}`;
  });
  // A template of one string, as CDK writes it, is that string.
  return isDocument ? filled : unquoted(filled);
}

function unquoted(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}

/** The value at `$.detail.name`, also `$.resources[0]`. */
function partAt(event: Json, path: string): unknown {
  let value: unknown = event;
  for (const [, name, index] of path.slice(1).matchAll(/\.([\w-]+)|\[(\d+)\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isRecord(value) && name !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
