import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const NAMESPACE = 'used-undici';
const EXPORTS = ['EnvHttpProxyAgent'];

/** The parts of undici that packages/registry takes: loading the whole of it costs a build a tenth of a second. */
const PARTS = `
import Dispatcher from './lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from './lib/dispatcher/env-http-proxy-agent.js';
import api from './lib/api/index.js';
Object.assign(Dispatcher.prototype, api);
export { ${EXPORTS.join(', ')} };
`;

/**
 * Puts these parts in the place of undici.
 * @type {import('esbuild').Plugin}
 */
export const usedUndici = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, async ({ path, importer, resolveDir, pluginData }) => {
      if (pluginData === NAMESPACE) return undefined;
      await refuseOthers(importer);
      const whole = await build.resolve(path, { kind: 'import-statement', resolveDir, pluginData: NAMESPACE });
      return { path: whole.path, namespace: NAMESPACE };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: PARTS,
      resolveDir: dirname(path),
    }));
  },
};

/** That something is missing would only be known when it is needed. */
async function refuseOthers(importer) {
  const text = await readFile(importer, 'utf8');
  const [, names = ''] = /import \{([^{}]*)\} from 'undici'/.exec(text) ?? [];
  const taken = names.split(',').map((name) => name.trim());
  const missing = taken.filter((name) => !EXPORTS.includes(name));
  if (missing.length > 0) {
    throw new Error(`${importer} takes of undici what the bundle does not have: ${missing.join(', ')}`);
  }
}
