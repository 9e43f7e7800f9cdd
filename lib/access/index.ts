export { type DecisionRequest, decide } from './decide.ts';
export { accessMatrix } from './matrix.ts';
export { matrixCsv } from './matrixCsv.ts';
export { matrixHtml } from './matrixHtml.ts';
export { matrixJson } from './matrixJson.ts';
export { matrixMarkdown } from './matrixMarkdown.ts';
export { matrixText } from './matrixText.ts';
export { accessPolicy } from './policy.ts';
