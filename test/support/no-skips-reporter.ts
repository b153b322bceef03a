import type { Reporter, TestModule } from 'vitest/node';

/** Makes a skipped test a failure of the run, whoever skipped it. In use when `TSBUILD_TEST_ALL=1`. */
export default class NoSkipsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const titles = skipped.map((test) => `  ${test.module.relativeModuleId}: ${test.fullName}\n`);
    process.stderr.write(`TSBUILD_TEST_ALL=1 allows no skip, but these were skipped:\n${titles.join('')}`);
    process.exitCode = 1;
  }
}
