import { UsageError } from '@tsbuild/core';

export function templateError(problem: string, hint?: string): UsageError {
  return new UsageError(`malformed --format template: ${problem}`, { hint });
}
