/** The method of a key of a path item, in upper case; `ANY` for the extension that stands for all; nothing for others. */
export function methodOf(key: string): string | undefined {
  if (key === 'x-amazon-apigateway-any-method') return 'ANY';
  return /^(get|put|post|delete|options|head|patch)$/i.test(key) ? key.toUpperCase() : undefined;
}
