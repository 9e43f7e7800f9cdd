import { loadOnDemand } from '../shared/onDemand.ts';
import { powertools } from './powertools.ts';

/** Loads Powertools, which most first responses do not need: in a bundle, it is in the file that is loaded on demand (ADR 77). */
export const loadPowertools: () => typeof powertools =
  typeof SECURE_API_ON_DEMAND === 'undefined'
    ? () => powertools
    : () => loadOnDemand<{ readonly powertools: typeof powertools }>().powertools;
