/** Name of the stage where a construct has no other. */
export const DEFAULT_STAGE = 'live';
