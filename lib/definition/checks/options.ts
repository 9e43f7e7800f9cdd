import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** Whole numbers with their bounds: API Gateway's integration limit, Lambda's memory and concurrency quotas. */
const BOUNDS = { timeoutSeconds: [1, 29], memoryMb: [128, 10_240], concurrency: [1, 1_000] } as const;

/** The rest of a route's options: numbers in bounds. */
export function checkOptions(api: UncheckedApi): readonly Fault[] {
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const location = `routes.${id}`;
    const options: RouteInput = route.options ?? {};
    return boundFaults(location, options);
  });
}

function boundFaults(location: string, options: RouteInput): readonly Fault[] {
  return (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).flatMap((name) => {
    const value = options[name];
    const [min, max] = BOUNDS[name];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return [];
    return [
      {
        code: 'option-invalid' as const,
        location: `${location}.${name}`,
        found: formatValue(value),
        expected: `a whole number from ${min} to ${max}`,
        fix: 'Stay within the limits of API Gateway and Lambda.',
      },
    ];
  });
}
