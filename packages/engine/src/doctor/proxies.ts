/** As registries and other servers read them: lower case first. */
const NAMES = ['http_proxy', 'https_proxy', 'no_proxy'];

const HAS_SECRET = /^([a-z][a-z0-9+.-]*:\/\/)?[^/@]*@/i;

/** The proxies that the environment names, without what they are logged in to with. */
export function findProxies(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const found = NAMES.flatMap((name) => {
    const used = [name, name.toUpperCase()].find((each) => (env[each] ?? '') !== '');
    return used === undefined ? [] : [[used, (env[used] ?? '').replace(HAS_SECRET, '$1***@')]];
  });
  return Object.fromEntries(found);
}
