import { loadAssembly } from '../assembly/load.ts';
import type { EmulationGap, RestApiModel, SecretValue, StackModel } from '../assembly/model.ts';
import { apiGaps } from '../gateway/gaps/api.ts';
import type { TokenSettings } from '../services/issuer/tokenSettings.ts';
import { CURRENT, type SecretVersions } from '../services/secrets/versions.ts';
import { rejectionNote, requiresBoundTokens, tokenIssuerGaps, tokenSettingsOf } from './localIssuer.ts';
import { type SecretString, tokenIssuersOfApi } from './tokenIssuers.ts';

/** A stack as it is read from its assembly, with what the local issuer needs of it. */
export interface LoadedStack {
  readonly model: StackModel;
  readonly tokenSettings: TokenSettings;
  readonly secretString: SecretString;
  /** Whether a request needs a token that is bound to a key, whichever issuer it is from. */
  readonly requiresBoundTokens: boolean;
  /** Explains a reason of the authorizer of an API, where AWS would accept the token. */
  rejectionNote(api: RestApiModel, reason: string): string | undefined;
  /** What is not emulated, a sentence each, in the order of the stack. */
  notEmulated(gapsOfServices: readonly EmulationGap[]): readonly string[];
}

/** What a stack is loaded with. */
export interface LoadParts {
  readonly stack?: string;
  readonly secretValue: SecretValue;
  readonly secrets: SecretVersions;
}

/** Makes the function that loads the stack from an assembly, one time after another. */
export function stackLoader({ stack, secretValue, secrets }: LoadParts): (assembly: string) => LoadedStack {
  return (assembly) => {
    const model = loadAssembly(assembly, { stack, secretValue });
    const secretString: SecretString = (arn) => {
      const secret = model.secrets.find((candidate) => candidate.arn === arn);
      return secret && secrets.of(secret).versions.find(({ stages }) => stages.includes(CURRENT))?.value;
    };
    return {
      model,
      tokenSettings: tokenSettingsOf(model, secretString),
      secretString,
      requiresBoundTokens: requiresBoundTokens(model.functions, secretString),
      rejectionNote: (api, reason) => rejectionNote(tokenIssuersOfApi(api, model.functions, secretString), reason),
      notEmulated: (gapsOfServices) =>
        sentences([
          ...model.emulationGaps,
          ...model.apis.flatMap(apiGaps),
          ...gapsOfServices,
          ...tokenIssuerGaps(model.functions, secretString),
        ]),
    };
  };
}

/** Each gap once. */
function sentences(gaps: readonly EmulationGap[]): readonly string[] {
  return [...new Set(gaps.map(({ resource, type, detail }) => `${resource} (${type}): ${detail}`))];
}
