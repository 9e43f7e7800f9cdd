import { existsSync, statSync } from 'node:fs';
import { accessPolicy } from '../../access/index.ts';
import type { AccessPolicy } from '../../definition/bundledTypes.ts';
import { ConfigError } from '../../definition/errors.ts';
import { choiceOf } from '../load/definitionFile.ts';
import { chosenDefinition, loadReviewableFrom } from '../loadDefinition.ts';
import { deployedTemplate } from './deployedTemplate.ts';
import { withTreeAt } from './gitTree.ts';
import { policyOfAssembly, policyOfFile, policyOfTemplate } from './templatePolicy.ts';

/** Options of `access diff`. */
export interface DiffOptions {
  readonly definition?: string;
  readonly stack?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** An access policy and the name of its source. */
export interface PolicySource {
  readonly name: string;
  readonly policy: AccessPolicy;
}

/** The definition to compare, and the options. */
interface Comparison {
  readonly options: DiffOptions;
  readonly api: string;
  /** Path of the definition's module in the checkout. */
  readonly file: string;
}

/**
 * Reads the earlier access policy: from a path that exists (assembly or template), a git ref, or a deployed stack.
 *
 * @throws {ConfigError} `option-missing`, `file-unreadable`, `option-invalid`, `git-ref-unknown`, `sdk-not-installed`.
 */
export async function policyBefore(before: string | undefined, comparison: Comparison): Promise<PolicySource> {
  const { options, api } = comparison;
  if (before === undefined) {
    if (options.stack === undefined) throw missingBefore();
    const name = `the deployed stack ${options.stack}`;
    return { name, policy: policyOfTemplate(await deployedTemplate(options.stack, options.region), { name, api }) };
  }
  if (!existsSync(before)) return policyAt(before, comparison);
  const isAssembly = statSync(before).isDirectory();
  const policy = isAssembly ? policyOfAssembly(before, { api, stack: options.stack }) : policyOfFile(before, { api });
  return { name: before, policy };
}

async function policyAt(ref: string, { options, file }: Comparison): Promise<PolicySource> {
  const { name } = choiceOf(chosenDefinition(options.definition));
  const policy = await withTreeAt(ref, file, async (path) => {
    const { api } = await loadReviewableFrom(name === undefined ? path : `${path}#${name}`);
    return accessPolicy(api);
  });
  return { name: ref, policy };
}

function missingBefore(): ConfigError {
  return new ConfigError({
    code: 'option-missing',
    location: 'before',
    found: 'neither a git ref, an assembly, a template nor --stack',
    expected: 'what to compare the definition with',
    fix: 'Name it: secure-api access diff main.',
  });
}
