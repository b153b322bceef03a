import type { CallOptions } from '@tsbuild/core';
import type { Session } from '../session.ts';
import { pages } from './pages.ts';

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export async function* listTags(session: Session, { signal }: CallOptions): AsyncGenerator<string> {
  const request = {
    method: 'GET',
    target: 'tags/list',
    actions: ['pull'],
    what: `tags of ${session.endpoint.registry}/${session.repository}`,
    expect: [200],
    signal,
  } as const;
  for await (const page of pages(session, request)) {
    const tags = Array.isArray(page.tags) ? page.tags : [];
    yield* tags.filter((tag) => typeof tag === 'string');
  }
}
