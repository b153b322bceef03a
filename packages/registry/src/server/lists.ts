import { isDigest, MEDIA_TYPES } from '@tsbuild/core';
import type { Handler } from './context.ts';
import { jsonReply, type RegistryRequest, SpecError } from './message.ts';

/** `/v2/<name>/tags/list`. */
export const listTags: Handler = async ({ catalog }, request, name) => {
  const repository = catalog.find(name);
  if (repository === undefined) throw new SpecError(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  const { page, headers } = pageOf([...repository.tags.keys()].sort(), request);
  return jsonReply(200, { name, tags: page }, headers);
};

/** `/v2/_catalog`. */
export const listRepositories: Handler = async ({ catalog }, request) => {
  const { page, headers } = pageOf(catalog.names(), request);
  return jsonReply(200, { repositories: page }, headers);
};

/** `?n=` entries after `?last=`, and where the next ones are. */
function pageOf(all: readonly string[], { url }: RegistryRequest): { page: string[]; headers: Record<string, string> } {
  const last = url.searchParams.get('last') ?? '';
  const limit = url.searchParams.get('n');
  const rest = all.filter((entry) => entry > last);
  if (limit === null || !/^\d+$/.test(limit) || rest.length <= Number(limit)) return { page: rest, headers: {} };
  const page = rest.slice(0, Number(limit));
  const next = `${url.pathname}?n=${limit}&last=${encodeURIComponent(page.at(-1) ?? last)}`;
  return { page, headers: { link: `<${next}>; rel="next"` } };
}

/** `/v2/<name>/referrers/<digest>`. */
export const listReferrers: Handler = async ({ catalog, referrersApi }, { url }, name, subject) => {
  if (!referrersApi) throw new SpecError(404, 'UNSUPPORTED', 'no referrers API');
  if (!isDigest(subject)) throw new SpecError(400, 'DIGEST_INVALID', 'provided digest is not sha256');
  const artifactType = url.searchParams.get('artifactType');
  const manifests = [...(catalog.find(name)?.manifests.values() ?? [])]
    .filter((record) => record.subject === subject)
    .map(({ descriptor }) => descriptor)
    .filter((descriptor) => artifactType === null || descriptor.artifactType === artifactType);
  return jsonReply(
    200,
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests },
    {
      'content-type': MEDIA_TYPES.ociIndex,
      ...(artifactType === null ? {} : { 'oci-filters-applied': 'artifactType' }),
    },
  );
};
