import { loadOnDemand } from './onDemand.ts';
import { secretSearch } from './secretSearch.ts';
import { REDACTED } from './secretValue.ts';

type SecretSearch = Readonly<typeof secretSearch>;

/** Hides everything, where the search cannot be loaded: a process can have opened all files that it may. */
const all = () => REDACTED;
const EVERYTHING: SecretSearch = { redact: all, searchString: all, hideSecrets: all };

/** Loads the search for secrets, which most first responses do not need: in a bundle, it is in the file that is loaded on demand (ADR 77). */
export const loadSecretSearch: () => SecretSearch =
  typeof SECURE_API_ON_DEMAND === 'undefined'
    ? () => secretSearch
    : () => {
        try {
          return loadOnDemand<{ readonly secretSearch: SecretSearch }>().secretSearch;
        } catch {
          return EVERYTHING;
        }
      };
