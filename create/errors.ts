import { ConfigError, type ConfigErrorCode, type ConfigFault } from '../lib/definition/errors.ts';

/** An option has a wrong value. */
export const invalidOption = (fault: Omit<ConfigFault, 'code'>) => fail('option-invalid', fault);

/** An option is needed. */
export const missingOption = (fault: Omit<ConfigFault, 'code'>) => fail('option-missing', fault);

/** The folder, or a file in it, cannot be used. */
export const unusableFolder = (fault: Omit<ConfigFault, 'code'>) => fail('project-folder-unusable', fault);

function fail(code: ConfigErrorCode, fault: Omit<ConfigFault, 'code'>): ConfigError {
  return new ConfigError({ code, ...fault });
}
