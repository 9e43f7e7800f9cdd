/** A filter pattern that is wrong, or uses syntax that is not matched here. */
export class FilterPatternError extends Error {
  readonly code = 'filter-pattern';
}
