import type { BuildContext, BuildOptions } from '../options.ts';
import { parseGitUrl } from '../source/git-url.ts';
import { isRemotePlace } from '../source/remote-place.ts';
import type { SourceGuard } from './source-guard.ts';

/** A build whose contexts the policy let pass. */
export interface AdmittedBuild {
  readonly options: BuildOptions;
  /** Digests that downloads must have, by URL. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** Asks for every context of a build, used or not, and for the Dockerfile; images that stand for a context are asked for when they are used. */
export async function admitContexts(options: BuildOptions, guard: SourceGuard): Promise<AdmittedBuild> {
  const checksums = new Map<string, string>();
  const place = async (text: string): Promise<string> => {
    const { url, checksum } = await guard.url(text, undefined);
    if (checksum === undefined) return url;
    if (parseGitUrl(url) !== undefined) return atCommit(url, checksum);
    checksums.set(url, checksum);
    return url;
  };
  const admit = async (name: string, context: BuildContext): Promise<BuildContext> => {
    if (typeof context === 'string' && isRemotePlace(context)) return place(context);
    if (typeof context !== 'string' || !/^(?:docker-image|oci-layout):\/\//.test(context)) await guard.local(name);
    return context;
  };
  const context = await admit('context', options.context);
  const named: [string, BuildContext][] = [];
  for (const [name, given] of Object.entries(options.buildContexts ?? {})) named.push([name, await admit(name, given)]);
  const { file } = options;
  const dockerfile = file !== undefined && /^https?:\/\//.test(file) ? { file: await place(file) } : {};
  return { options: { ...options, context, buildContexts: Object.fromEntries(named), ...dockerfile }, checksums };
}

/** The same repository and folder at one commit. */
function atCommit(url: string, commit: string): string {
  const { remote = url, subdir } = parseGitUrl(url) ?? {};
  return `${remote}#${commit}${subdir === undefined ? '' : `:${subdir}`}`;
}
