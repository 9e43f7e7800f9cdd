/** The public API of `secure-api`, and nothing else. Handlers import from `secure-api/runtime`. */
export * from './construct/index.ts';
export * from './definition/index.ts';
