import { loadOnDemand } from './onDemand.ts';
import { writeLines } from './output.ts';
import { secretSearch } from './secretSearch.ts';
import { REDACTED } from './secretValue.ts';

type SecretSearch = Readonly<typeof secretSearch>;

/** Hides everything, where the search cannot be loaded: a process can have opened all files that it may. */
const all = () => REDACTED;
const EVERYTHING: SecretSearch = {
  redact: all,
  searchString: all,
  hideSecrets: all,
  searchedAndCut: all,
  describeError: all,
};

/** Loads the search for secrets, which most first responses do not need: in a bundle, it is in the file that is loaded on demand (ADR 77). */
export const loadSecretSearch: () => SecretSearch =
  typeof SECURE_API_ON_DEMAND === 'undefined'
    ? () => secretSearch
    : () => {
        try {
          return loadOnDemand<{ readonly secretSearch: SecretSearch }>().secretSearch;
        } catch (error) {
          if (!isReported) reportMissing(error);
          isReported = true;
          return EVERYTHING;
        }
      };

let isReported = false;

/** Only with the code of the error: nothing else of it can be shown without the search. */
function reportMissing(error: unknown): void {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  const message = 'the second file of the function cannot be loaded, so what needs a search for secrets is hidden';
  const entry = { level: 'ERROR', message, timestamp: new Date().toISOString(), errorCode: String(code ?? name) };
  writeLines(process.stdout, `${JSON.stringify(entry)}\n`);
}
