import { expect } from 'vitest';
import {
  checkCmd,
  checkEntrypoint,
  checkEnv,
  checkExposed,
  checkLabel,
  checkUser,
  checkWorkdir,
} from './checks/config.ts';
import { checkFile, type FileExpectation } from './checks/file.ts';
import { checkLayers } from './checks/layers.ts';
import { checkReproducible } from './checks/reproducible.ts';
import { checkRun, type RunExpectation } from './checks/run.ts';
import { checkRebuilt } from './checks/steps.ts';

declare module 'vitest' {
  /** What `expect(image)` can say once `@tsbuild/testing/vitest` is imported. Those that read the image return a promise. */
  interface Matchers<T> {
    /** A file, folder or link at this path, as expected. */
    toHaveFile(path: string, expected?: FileExpectation): Promise<T>;
    /** An environment variable; with `value` also what it is. */
    toHaveEnv(name: string, value?: string | RegExp): T;
    /** USER, exactly as written. */
    toHaveUser(user: string): T;
    /** A label; with `value` also what it says. */
    toHaveLabel(name: string, value?: string | RegExp): T;
    /** A port of EXPOSE: `8080` (TCP) or `'53/udp'`. */
    toExpose(port: number | string): T;
    /** ENTRYPOINT, word by word. */
    toHaveEntrypoint(words: readonly string[]): T;
    /** CMD, word by word. */
    toHaveCmd(words: readonly string[]): T;
    /** WORKDIR. */
    toHaveWorkdir(path: string): T;
    /** The number of layers, or the paths in each. */
    toHaveLayers(expected: number | readonly (readonly string[])[]): Promise<T>;
    /** A command, run in the image with its entrypoint, ends with status 0 or as expected. */
    toRun(args?: readonly string[], expected?: RunExpectation): Promise<T>;
    /** On a build's result: exactly these steps ran. */
    toRebuildOnly(names: readonly string[]): T;
    /** On a fixture or on build options: two builds in empty stores give the same image. */
    toBeReproducible(options?: Parameters<typeof checkReproducible>[1]): Promise<T>;
  }
}

expect.extend({
  toHaveFile: checkFile,
  toHaveEnv: checkEnv,
  toHaveUser: checkUser,
  toHaveLabel: checkLabel,
  toExpose: checkExposed,
  toHaveEntrypoint: checkEntrypoint,
  toHaveCmd: checkCmd,
  toHaveWorkdir: checkWorkdir,
  toHaveLayers: checkLayers,
  toRun: checkRun,
  toRebuildOnly: checkRebuilt,
  toBeReproducible: checkReproducible,
});
