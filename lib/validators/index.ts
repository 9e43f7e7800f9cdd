export { compileResponseValidator, compileValidator } from './compile.ts';
export { routeContract } from './contract.ts';
export { FORMAT_NAMES } from './formats.ts';
export { validatorSource, validatorSources } from './source.ts';
