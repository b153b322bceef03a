import { AssertionError } from 'node:assert';
import type { CheckResult } from './checks/check.ts';
import {
  checkCmd,
  checkEntrypoint,
  checkEnv,
  checkExposed,
  checkLabel,
  checkUser,
  checkWorkdir,
} from './checks/config.ts';
import { checkFile } from './checks/file.ts';
import { checkLayers } from './checks/layers.ts';
import { checkReproducible } from './checks/reproducible.ts';
import { checkRun } from './checks/run.ts';
import { checkRebuilt } from './checks/steps.ts';

type Check<Args extends readonly unknown[]> = (...args: Args) => CheckResult | Promise<CheckResult>;

/** Asserts that the image has a file as expected. @throws {AssertionError} that says what is there instead */
export const assertFile = asserted(checkFile);
/** Asserts an environment variable. @throws {AssertionError} */
export const assertEnv = asserted(checkEnv);
/** Asserts USER. @throws {AssertionError} */
export const assertUser = asserted(checkUser);
/** Asserts a label. @throws {AssertionError} */
export const assertLabel = asserted(checkLabel);
/** Asserts a port of EXPOSE. @throws {AssertionError} */
export const assertExposed = asserted(checkExposed);
/** Asserts ENTRYPOINT. @throws {AssertionError} */
export const assertEntrypoint = asserted(checkEntrypoint);
/** Asserts CMD. @throws {AssertionError} */
export const assertCmd = asserted(checkCmd);
/** Asserts WORKDIR. @throws {AssertionError} */
export const assertWorkdir = asserted(checkWorkdir);
/** Asserts the number or the content of the layers. @throws {AssertionError} */
export const assertLayers = asserted(checkLayers);
/** Asserts that exactly these steps ran. @throws {AssertionError} that gives the reasons of the others */
export const assertRebuilt = asserted(checkRebuilt);
/** Asserts what a command of the image prints and how it ends. @throws {AssertionError} that says what it did instead */
export const assertRun = asserted(checkRun);
/** Asserts that two builds in empty stores give the same image. @throws {AssertionError} that names what differs */
export const assertReproducible = asserted(checkReproducible);

function asserted<Args extends readonly unknown[]>(check: Check<Args>): (...args: Args) => Promise<void> {
  return async (...args) => {
    const { pass, message, actual, expected } = await check(...args);
    if (!pass) throw new AssertionError({ message: message(), actual, expected });
  };
}
