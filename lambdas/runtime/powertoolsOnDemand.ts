import { loadOnDemand } from '../shared/onDemand.ts';
import { powertools as parts } from './powertools.ts';

/** Powertools, which most first responses do not need: in a bundle, it is in the file that is loaded on demand (ADR 77). */
export const powertools: () => typeof parts =
  typeof SECURE_API_ON_DEMAND === 'undefined'
    ? () => parts
    : () => loadOnDemand<{ readonly powertools: typeof parts }>().powertools;
