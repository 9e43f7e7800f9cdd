/** What Node.js reads when a thread starts. */
const COMPILE_CACHE = 'NODE_COMPILE_CACHE';

/** The variables of a thread. */
interface ThreadVariables {
  readonly environment: Readonly<Record<string, string>>;
  /** Those that only its start needs. The code of a function does not see them. */
  readonly ofStart: readonly string[];
}

/**
 * Adds the folder where this process keeps compiled modules. In a source checkout, Node.js otherwise strips the types of the gateway's modules in each
 * thread, with a library that takes 13 MB and 40 ms of the processor there. A release has no types, and a function that names a folder has that one.
 */
export function withCompiledModules(
  environment: Readonly<Record<string, string>>,
  { isSource = import.meta.url.endsWith('.ts'), folder = process.env[COMPILE_CACHE] } = {},
): ThreadVariables {
  if (!isSource || folder === undefined || COMPILE_CACHE in environment) return { environment, ofStart: [] };
  return { environment: { ...environment, [COMPILE_CACHE]: folder }, ofStart: [COMPILE_CACHE] };
}
