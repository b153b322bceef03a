import type { BuildResult } from '@tsbuild/engine';
import { type CheckResult, checkEqual } from './check.ts';

/** Whether exactly the steps of these names ran, in Dockerfile order, and all others were cached. */
export function checkRebuilt({ steps }: Pick<BuildResult, 'steps'>, names: readonly string[]): CheckResult {
  const ran = steps.filter(({ status }) => status !== 'cached');
  const result = checkEqual(
    'the list of steps that ran',
    ran.map(({ name }) => name),
    names,
  );
  const unexpected = ran.filter(({ name }) => !names.includes(name));
  const reasons = unexpected.map(({ name, because }) => `\n  ${name}: ${JSON.stringify(because ?? {})}`).join('');
  return { ...result, message: () => result.message() + (result.pass ? '' : reasons) };
}
