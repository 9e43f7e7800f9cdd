import type { SchemaNode } from '../definition/schema.ts';
import type { ConvertChild, Draft4, Draft4Reporter } from './draft4.ts';

/**
 * `allOf`, `anyOf` and `oneOf`. The last becomes `anyOf`, since two of its branches may overlap once they are weakened.
 */
export function choiceOf(node: SchemaNode, location: string, reporter: Draft4Reporter, convert: ConvertChild): Draft4 {
  if (node.oneOf !== undefined) reporter.drop(location, 'oneOf', 'weakened branches may overlap; kept as anyOf');
  const branchesOf = (keyword: 'allOf' | 'anyOf' | 'oneOf') =>
    node[keyword]?.map((branch, i) => convert(branch, `${keyword}.${i}`));
  const [all = [], any, one] = [branchesOf('allOf'), branchesOf('anyOf'), branchesOf('oneOf')];
  const choice = any ?? one;
  // A schema with both means that each holds.
  const both = any !== undefined && one !== undefined;
  const parts = both ? [...all, reporter.lift(`${location}.oneOf`, { anyOf: one })] : all;
  return {
    ...(parts.length === 0 ? {} : { allOf: parts }),
    ...(choice === undefined ? {} : { anyOf: choice }),
  };
}
