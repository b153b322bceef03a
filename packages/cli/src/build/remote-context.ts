const REMOTE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|[\w-]+@[\w.-]+:|github\.com\/)/;

/** True for a context that is fetched: the URL of a repository or of an archive. */
export function isRemoteContext(text: string): boolean {
  return REMOTE.test(text);
}
