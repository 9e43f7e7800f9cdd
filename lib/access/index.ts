export { type Decision, type DecisionRequest, decide } from './decide.ts';
export { type AccessMatrix, accessMatrix, type MatrixRow, type MatrixTier } from './matrix.ts';
export { matrixJson } from './matrixJson.ts';
export { matrixMarkdown } from './matrixMarkdown.ts';
export { matrixText } from './matrixText.ts';
export { accessPolicy, requiredAccess } from './policy.ts';
export { findRoute, type RouteMatch } from './route.ts';
