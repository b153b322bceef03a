import { RegistryError } from '@tsbuild/core';
import { readAll } from '../bytes.ts';
import { type HttpResponse, headersOf } from '../http/message.ts';
import { followUrl } from '../http/redirect.ts';
import type { Session, SessionRequest } from '../session.ts';

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** More pages than any list has: one that does not end is not waited for. */
const MAX_PAGES = 1000;

/** Asks for a list page by page. A 404 of the first page is given out as an empty list when `request` expects it. */
export async function* pages(session: Session, request: SessionRequest): AsyncGenerator<Record<string, unknown>> {
  const seen = new Set<string>();
  let target: string | URL | undefined = request.target;
  while (target !== undefined) {
    if (seen.size === MAX_PAGES || seen.has(String(target))) throw endless(session, request);
    seen.add(String(target));
    const response = await session.request({ ...request, target });
    if (response.status === 404) return response.discard();
    yield await readPage(response, request);
    target = nextPage(response);
  }
}

async function readPage(response: HttpResponse, { what }: SessionRequest): Promise<Record<string, unknown>> {
  const body = await readAll(response.body, MAX_PAGE_BYTES, what);
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new RegistryError('ERR_TSBUILD_REGISTRY', `${what}: registry ${response.url.host} answered without JSON`);
}

/** @see https://www.rfc-editor.org/rfc/rfc8288#section-3 */
function nextPage(response: HttpResponse): URL | undefined {
  for (const link of headersOf(response, 'link')) {
    const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link)?.[1];
    if (target !== undefined) return followUrl({ method: 'GET', url: response.url }, target);
  }
  return undefined;
}

function endless({ endpoint }: Session, { what }: SessionRequest): RegistryError {
  return new RegistryError('ERR_TSBUILD_REGISTRY', `${what}: the list of registry ${endpoint.registry} does not end`);
}
