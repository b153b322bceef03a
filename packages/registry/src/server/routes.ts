import { handleBlob } from './blobs.ts';
import type { Handler, RegistryContext } from './context.ts';
import { listReferrers, listRepositories, listTags } from './lists.ts';
import { handleManifest } from './manifests.ts';
import { jsonReply, type RegistryRequest, type Reply, SpecError } from './message.ts';
import { handleUpload, startUpload } from './uploads.ts';

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = `(${COMPONENT}(?:/${COMPONENT})*)`;

/** More particular paths first: a repository may itself be called `blobs`. */
const ROUTES: readonly (readonly [RegExp, Handler])[] = [
  [/^\/v2\/()_catalog$/, listRepositories],
  [new RegExp(`^/v2/${NAME}/tags/list$`), listTags],
  [new RegExp(`^/v2/${NAME}/blobs/uploads/?$`), startUpload],
  [new RegExp(`^/v2/${NAME}/blobs/uploads/([^/]+)$`), handleUpload],
  [new RegExp(`^/v2/${NAME}/blobs/([^/]+)$`), handleBlob],
  [new RegExp(`^/v2/${NAME}/manifests/([^/]+)$`), handleManifest],
  [new RegExp(`^/v2/${NAME}/referrers/([^/]+)$`), listReferrers],
];

/** Repository that a path is about, undefined when it is about none. */
export function repositoryOf(path: string): string | undefined {
  const match = ROUTES.map(([pattern]) => pattern.exec(path)).find((found) => found !== null);
  return match?.[1] === '' ? undefined : match?.[1];
}

/** Answers a request that may be answered. @throws {SpecError} */
export async function route(context: RegistryContext, request: RegistryRequest): Promise<Reply> {
  const path = request.url.pathname;
  if (path === '/v2/' || path === '/v2') return jsonReply(200, {});
  for (const [pattern, handler] of ROUTES) {
    const [, name, rest = ''] = pattern.exec(path) ?? [];
    if (name !== undefined) return handler(context, request, name, decodeURIComponent(rest));
  }
  throw new SpecError(404, 'NAME_INVALID', 'no such path, or an invalid repository name');
}
