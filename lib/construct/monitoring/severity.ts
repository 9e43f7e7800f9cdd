/**
 * How soon a person has to act: `page` at once, also at night; `ticket` within a working day; `info` when it suits. Each has its
 * own topic.
 */
export type Severity = 'page' | 'ticket' | 'info';
