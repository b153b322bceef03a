import { UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';

/**
 * Seconds since 1970; nothing for an empty value.
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 * @throws {UsageError}
 */
export function readEpoch(text: string | undefined): Pick<BuildOptions, 'sourceDateEpoch'> {
  if (text === undefined || text === '') return {};
  const seconds = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seconds)) return { sourceDateEpoch: seconds };
  throw new UsageError(`invalid SOURCE_DATE_EPOCH ${JSON.stringify(text)}`, { hint: 'expected seconds since 1970' });
}
