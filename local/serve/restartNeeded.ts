/** An update that only another start can serve. */
export class RestartNeeded extends Error {
  readonly code = 'restart-needed';

  constructor(found: string, expected: string, fix: string) {
    super(`restart-needed: found ${found}; expected ${expected}. To fix it: ${fix}.`);
    this.name = 'RestartNeeded';
  }
}
