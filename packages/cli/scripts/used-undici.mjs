import { dirname } from 'node:path';

const NAMESPACE = 'used-undici';

/** The parts of undici that packages/registry takes: loading the whole costs a tenth of a second. Of others the bundler says that they are missing. */
const PARTS = `
import Dispatcher from './lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from './lib/dispatcher/env-http-proxy-agent.js';
import api from './lib/api/index.js';
Object.assign(Dispatcher.prototype, api);
export { EnvHttpProxyAgent };
`;

/**
 * Puts these parts in the place of undici.
 * @type {import('esbuild').Plugin}
 */
export const usedUndici = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, async ({ path, resolveDir, pluginData }) => {
      if (pluginData === NAMESPACE) return undefined;
      const whole = await build.resolve(path, { kind: 'import-statement', resolveDir, pluginData: NAMESPACE });
      return { path: whole.path, namespace: NAMESPACE };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: PARTS,
      resolveDir: dirname(path),
    }));
  },
};
