import type { AccessMatrix } from './matrix.ts';

/** The matrix as JSON, indented by two, for other tools. Ends without a newline. */
export function matrixJson(matrix: AccessMatrix): string {
  return JSON.stringify(matrix, null, 2);
}
