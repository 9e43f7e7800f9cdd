import { remembered } from '../assembly/remembered.ts';

/** The name of a header in lower case, remembered, because requests and responses repeat their names. */
export const lowerCase = remembered((name) => name.toLowerCase());
