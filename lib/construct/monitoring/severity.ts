/** From the most to the least urgent. */
export const SEVERITIES = ['page', 'ticket', 'info'] as const;

/**
 * How soon a person has to act: `page` at once, also at night; `ticket` within a working day; `info` when it suits. Each has its
 * own topic.
 */
export type Severity = (typeof SEVERITIES)[number];
