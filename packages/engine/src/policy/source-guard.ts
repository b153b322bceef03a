import { formatPlatform, formatReference, isDigest, type Platform, parseReference, SolveError } from '@tsbuild/core';
import { publicUrl } from '../attest/public-url.ts';
import { type GitUrl, gitUrlText, parseGitUrl } from '../source/git-url.ts';
import type { PolicySource, PolicyVerdict, SourcePolicy, SourcePolicyFiles } from './policy-types.ts';

/** A download or repository as the policy lets it be used. */
export interface AdmittedUrl {
  readonly url: string;
  /** The digest or commit that it must have. */
  readonly checksum: string | undefined;
}

/** Where sources that were admitted lead to. */
export type OnwardGuard = Pick<SourceGuard, 'redirect' | 'submodule'>;

/** Asks the policy of a build before a source is used. All throw {SolveError} ERR_TSBUILD_SOURCE_DENIED. */
export interface SourceGuard {
  /** The name to use for an image. */
  image(name: string, platform: Platform): Promise<string>;
  layout(place: string, platform: Platform): Promise<void>;
  /** `checksum` is what the Dockerfile demands. */
  url(url: string, checksum: string | undefined): Promise<AdmittedUrl>;
  /** Where a server sends on to. What comes of a pin is a digest that the download must have. */
  redirect(url: URL): Promise<string | undefined>;
  /** The URL to fetch a submodule from, of which its repository names the commit. */
  submodule(url: string, commit: string): Promise<string>;
  local(name: string): Promise<void>;
  frontend(name: string): Promise<void>;
}

const IMAGE = 'docker-image://';

export async function createSourceGuard(option: SourcePolicy | SourcePolicyFiles): Promise<SourceGuard> {
  const policy =
    typeof option === 'function' ? option : await (await import('./rules-policy.ts')).readPolicyFiles(option.files);
  const ask = async (source: PolicySource) => admitted(source, await policy(source));
  return {
    async image(name, platform) {
      const identifier = `${IMAGE}${formatReference(parseReference(name))}`;
      const attributes = {};
      const source = { kind: 'image', identifier, name, platform: formatPlatform(platform), attributes } as const;
      return imageName(source, await ask(source));
    },
    async layout(place, platform) {
      const identifier = `oci-layout://${place}`;
      const name = identifier;
      const source = {
        kind: 'oci-layout',
        identifier,
        name,
        platform: formatPlatform(platform),
        attributes: {},
      } as const;
      unchanged(source, await ask(source));
    },
    async url(url, checksum) {
      const source = urlSource(url, checksum);
      return admittedUrl(url, checksum, source, await ask(source));
    },
    async redirect({ href }) {
      const name = publicUrl(href);
      const source = { kind: 'http', identifier: name, name, attributes: {} } as const;
      const admission = await ask(source);
      if (admission.replace !== undefined) throw denied(source, 'a server redirects to it, so it cannot be replaced');
      return admittedUrl(href, undefined, source, admission).checksum;
    },
    async submodule(url, commit) {
      const source = gitSource(parseGitUrl(url) ?? { remote: url }, publicUrl(url), commit);
      const { url: used } = admittedUrl(url, commit, source, await ask(source));
      return used === url ? url : (parseGitUrl(used)?.remote ?? used);
    },
    async local(name) {
      const source = { kind: 'local', identifier: `local://${name}`, name, attributes: {} } as const;
      unchanged(source, await ask(source));
    },
    async frontend(name) {
      const identifier = `${IMAGE}${formatReference(parseReference(name))}`;
      // No frontend is ever fetched, so there is nothing that a pin could change.
      await ask({ kind: 'frontend', identifier, name, attributes: {} });
    },
  };
}

/** What a policy may change of a source that it admits. */
interface Admission {
  readonly replace?: string;
  readonly pin?: string;
}

function admitted(source: PolicySource, verdict: PolicyVerdict): Admission {
  if ('deny' in verdict) throw denied(source, verdict.reason ?? 'no reason is given');
  if ('allow' in verdict) return {};
  return verdict;
}

/** As `name:tag@digest`, so that the name stays to be seen. */
function imageName(source: PolicySource, { replace, pin }: Admission): string {
  if (replace !== undefined && !replace.startsWith(IMAGE)) throw otherKind(source, replace);
  const name = replace === undefined ? source.name : replace.slice(IMAGE.length);
  if (pin === undefined) return name;
  if (!isDigest(pin)) throw badPin(source, pin, 'sha256: and 64 hex digits');
  const reference = parseReference(name);
  if (reference.digest !== undefined && reference.digest !== pin)
    throw denied(source, `it is pinned to ${pin}, and has the digest ${reference.digest}`);
  return formatReference({ ...reference, digest: pin });
}

function urlSource(url: string, checksum: string | undefined): PolicySource {
  const name = publicUrl(url);
  const git = parseGitUrl(url);
  if (git !== undefined) return gitSource(git, name, checksum ?? git.commit);
  const attributes = checksum === undefined ? {} : { 'http.checksum': checksum };
  return { kind: 'http', identifier: name, name, attributes };
}

function gitSource(git: GitUrl, name: string, commit: string | undefined): PolicySource {
  const place = publicUrl(gitUrlText(git))
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[\w-]+@([^:/]+)[:/]/, '$1/');
  const attributes = {
    ...(commit === undefined ? {} : { 'git.checksum': commit }),
    'git.fullurl': publicUrl(git.remote),
  };
  return { kind: 'git', identifier: `git://${place}`, name, attributes };
}

function admittedUrl(
  url: string,
  checksum: string | undefined,
  source: PolicySource,
  admission: Admission,
): AdmittedUrl {
  const { replace, pin } = admission;
  const used = replace === undefined ? url : replacedUrl(url, source, replace);
  if (pin === undefined) return { url: used, checksum };
  const isGit = source.kind === 'git';
  if (isGit ? !/^[0-9a-f]{40}$/.test(pin) : !isDigest(pin))
    throw badPin(source, pin, isGit ? 'a commit of 40 hex digits' : 'sha256: and 64 hex digits');
  if (checksum !== undefined && !(isGit ? pin.startsWith(checksum) : pin === checksum))
    throw denied(source, `it is pinned to ${pin}, and its checksum says ${checksum}`);
  return { url: used, checksum: pin };
}

/** `git://` says nothing of the transport: that of the original is kept. */
function replacedUrl(url: string, source: PolicySource, replace: string): string {
  if (source.kind === 'http') {
    if (/^https?:\/\//.test(replace) && parseGitUrl(replace) === undefined) return replace;
    throw otherKind(source, replace);
  }
  const scheme = /^[a-z]+:\/\//.exec(url)?.[0] ?? 'ssh://git@';
  const remote = replace.replace(/^git:\/\//, scheme);
  if (parseGitUrl(remote) === undefined) throw otherKind(source, replace);
  return remote;
}

function unchanged(source: PolicySource, { replace, pin }: Admission): void {
  if (replace !== undefined) throw denied(source, `it cannot be replaced by ${replace}: only images and URLs can`);
  if (pin !== undefined) throw denied(source, `it cannot be pinned to ${pin}: only images and URLs can`);
}

function otherKind(source: PolicySource, replace: string): SolveError {
  return denied(source, `it would be replaced by ${replace}, which is a source of another kind`);
}

function badPin(source: PolicySource, pin: string, expected: string): SolveError {
  return denied(source, `it would be pinned to ${JSON.stringify(pin)}, expected ${expected}`);
}

const KINDS: Readonly<Record<PolicySource['kind'], string>> = {
  image: 'image',
  'oci-layout': 'image',
  git: 'repository',
  http: 'download',
  local: 'local source',
  frontend: 'frontend',
};

function denied({ kind, name, identifier }: PolicySource, reason: string): SolveError {
  const message = `${KINDS[kind]} ${JSON.stringify(name)} is denied by the policy: ${reason}`;
  return new SolveError('ERR_TSBUILD_SOURCE_DENIED', message, { hint: `the policy knows it as ${identifier}` });
}
