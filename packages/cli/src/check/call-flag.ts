import { UsageError } from '@tsbuild/core';
import { oneOf } from '../build/choice.ts';
import { splitCsv } from '../flags/csv.ts';

/** What `--call` and `--check` ask for instead of a build. */
export interface CallRequest {
  readonly method: 'check' | 'outline' | 'targets';
  readonly format: 'text' | 'json';
  /** Exit with 0 whatever is found. */
  readonly ignoreStatus: boolean;
}

const METHODS = ['build', 'check', 'outline', 'targets'] as const;

/** `--call check[,format=json][,ignorestatus=true]`; undefined when a build is wanted. @throws {UsageError} */
export function readCall(call: string | undefined, isCheck: boolean): CallRequest | undefined {
  const [named = '', ...fields] = splitCsv('--call', call ?? 'build');
  const method = oneOf('--call', named === '' ? 'build' : named === 'lint' ? 'check' : named, METHODS);
  if (method === 'build') return isCheck ? { method: 'check', format: 'text', ignoreStatus: false } : undefined;
  let request: CallRequest = { method, format: 'text', ignoreStatus: false };
  for (const field of fields) request = { ...request, ...readField(field) };
  return request;
}

function readField(field: string): Partial<CallRequest> {
  const [key, value = ''] = field.split('=', 2);
  if (key === 'format') return { format: oneOf('format of --call', value, ['text', 'json']) };
  if (key === 'ignorestatus')
    return { ignoreStatus: oneOf('ignorestatus of --call', value, ['true', 'false']) === 'true' };
  throw new UsageError(`unknown field ${JSON.stringify(field)} in --call`, {
    hint: 'the fields are format and ignorestatus',
  });
}
