import { SolveError } from '@tsbuild/core';

const MAX_REDIRECTS = 10;

/** Asks for a URL, following redirects to http and https, never from https back to http. @throws {SolveError} */
export async function request(url: string, signal: AbortSignal | undefined): Promise<Response> {
  let current = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(current, { redirect: 'manual', signal: signal ?? null }).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw downloadFailed(url, 'the server cannot be reached', cause);
    });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      const next = new URL(location, current);
      if (next.protocol !== 'https:' && (next.protocol !== 'http:' || current.startsWith('https:')))
        throw downloadFailed(url, `redirected to ${next.protocol}//`, undefined);
      current = next.href;
      continue;
    }
    if (!response.ok)
      throw downloadFailed(url, `the server answered ${response.status} ${response.statusText}`.trim(), undefined);
    return response;
  }
  throw downloadFailed(url, 'too many redirects', undefined);
}

export function downloadFailed(url: string, reason: string, cause: unknown): SolveError {
  return new SolveError(
    'ERR_TSBUILD_SOURCE_NOT_FOUND',
    `cannot download ${url}: ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
