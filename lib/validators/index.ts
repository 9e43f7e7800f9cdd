export { compileResponseValidator, compileRowValidator, compileValidator } from './compile.ts';
export { routeContract, rowRules } from './contract.ts';
export { FORMAT_NAMES } from './formats.ts';
export { HELPERS } from './runtimeHelpers.ts';
export { type ValidatorSource, validatorSource, validatorSources } from './source.ts';
