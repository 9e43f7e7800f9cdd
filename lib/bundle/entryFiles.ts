/** A generated entry and the modules beside it: file name → source. `index.mjs` is what esbuild starts from. */
export type EntryFiles = Readonly<Record<string, string>>;
