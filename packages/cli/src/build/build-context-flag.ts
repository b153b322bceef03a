import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { BuildContext } from '@tsbuild/engine';
import { splitPair } from './key-values.ts';
import { isRemoteContext } from './remote-context.ts';

const IMAGE = 'docker-image://';
const DAEMON = 'docker-daemon://';
/** Before the path of a folder or file. */
const LAYOUT = 'oci-layout://';
const FILES = [LAYOUT, 'oci-archive://', 'docker-archive://'];
const SCHEME = /^[a-z][a-z0-9+-]*:\/\//;

/** `--build-context NAME=PLACE`: a folder, an image, an OCI layout or archive, a git repository or an archive on the web. @throws {UsageError} */
export function readBuildContexts(values: readonly string[], cwd: string): Record<string, BuildContext> {
  return Object.fromEntries(
    values.map((text) => {
      const [name, place] = splitPair('--build-context', text);
      if (place === undefined || place === '') {
        throw new UsageError(`malformed value of --build-context: ${text}`, { hint: 'expected NAME=PATH' });
      }
      return [name, readPlace(place, text, cwd)];
    }),
  );
}

function readPlace(place: string, text: string, cwd: string): string {
  const scheme = FILES.find((each) => place.startsWith(each));
  if (scheme !== undefined) return `${scheme}${resolve(cwd, place.slice(scheme.length))}`;
  if (place.startsWith(IMAGE) || place.startsWith(DAEMON) || isRemoteContext(place)) return place;
  if (!SCHEME.test(place) && !place.startsWith('target:')) return resolve(cwd, place);
  throw new UsageError(`--build-context ${text} is not supported`, {
    hint: `expected a folder, ${IMAGE}IMAGE, ${LAYOUT}FOLDER[:TAG], oci-archive://FILE[:NAME], docker-archive://FILE[:NAME], ${DAEMON}IMAGE, or the URL of a repository or archive`,
  });
}
