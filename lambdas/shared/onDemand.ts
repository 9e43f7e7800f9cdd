declare global {
  /** Defined in bundles, where it is constant: what is imported for the other case is left out. */
  const SECURE_API_ON_DEMAND: true | undefined;
  /** At the beginning of each bundle: loads the second file of its function, by its location. */
  function secureApiOnDemand(): unknown;
}

let loaded: unknown;

/**
 * Loads the file that a bundle has beside it, at once: what it holds, most first responses do not need. A later call returns the same.
 *
 * @throws what Node.js throws where the file cannot be read. The next call tries again.
 */
export function loadOnDemand<Parts>(): Parts {
  loaded ??= secureApiOnDemand();
  return loaded as Parts;
}
