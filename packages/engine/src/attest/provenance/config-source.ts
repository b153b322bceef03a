import { gitUrlText, parseGitUrl } from '../../source/git-url.ts';
import { publicUrl } from '../public-url.ts';
import { fetchedDependency } from './dependencies.ts';
import { dockerfileName } from './dockerfile-name.ts';
import type { ProvenanceFacts } from './facts.ts';

/** Where the Dockerfile came from: a folder of somebody's machine is not named. */
export function configSource({ options, dockerfile, fetched }: ProvenanceFacts): object {
  const { context } = options;
  const path = dockerfileName(dockerfile);
  const git = typeof context === 'string' ? parseGitUrl(context) : undefined;
  if (typeof context !== 'string' || (git === undefined && !/^https?:\/\//.test(context))) return { path };
  const url = git === undefined ? context : gitUrlText(git);
  const found = fetched.find((source) => source.url === url);
  return found === undefined ? { uri: publicUrl(url), path } : { ...fetchedDependency(found), path };
}
