import { TsbuildError, UsageError } from '@tsbuild/core';
import { oneOf } from '../build/choice.ts';
import { splitCsv } from '../flags/csv.ts';

/** What `--call` and `--check` ask for instead of a build. */
export interface CheckRequest {
  readonly format: 'text' | 'json';
  /** Exit with 0 whatever is found. */
  readonly ignoreStatus: boolean;
}

/** `--call check[,format=json][,ignorestatus=true]`; undefined when a build is wanted. @throws {UsageError} */
export function readCall(call: string | undefined, isCheck: boolean): CheckRequest | undefined {
  const [method = '', ...fields] = splitCsv('--call', call ?? 'build');
  if (method === 'build' || method === '') return isCheck ? { format: 'text', ignoreStatus: false } : undefined;
  if (method !== 'check' && method !== 'lint') throw notOffered(method);
  let request: CheckRequest = { format: 'text', ignoreStatus: false };
  for (const field of fields) request = { ...request, ...readField(field) };
  return request;
}

function readField(field: string): Partial<CheckRequest> {
  const [key, value = ''] = field.split('=', 2);
  if (key === 'format') return { format: oneOf('format of --call', value, ['text', 'json']) };
  if (key === 'ignorestatus')
    return { ignoreStatus: oneOf('ignorestatus of --call', value, ['true', 'false']) === 'true' };
  throw new UsageError(`unknown field ${JSON.stringify(field)} in --call`, {
    hint: 'the fields are format and ignorestatus',
  });
}

function notOffered(method: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_UNSUPPORTED_FLAG', `--call=${method} is not supported`, {
    hint: 'expected build or check',
  });
}
