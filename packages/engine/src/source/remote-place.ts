import { parseGitUrl } from './git-url.ts';

/** True for the URL of a repository or of a download: what is not on this machine. */
export function isRemotePlace(text: string): boolean {
  return parseGitUrl(text) !== undefined || /^https?:\/\//.test(text);
}
