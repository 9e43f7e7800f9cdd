/** Documents of a page when the caller does not say. */
export const DEFAULT_PAGE_SIZE = 20;

/** The most documents of a page. */
export const MAX_PAGE_SIZE = 100;
