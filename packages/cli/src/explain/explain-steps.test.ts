import { expect, test } from 'vitest';
import { explainSteps } from './explain-steps.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

test('every step is told with its reason, and every changed file with its digests', () => {
  expect(
    explainSteps([
      { name: 'WORKDIR /app', label: '[2/4] WORKDIR /app', status: 'cached', durationMs: 0 },
      {
        name: 'COPY . .',
        label: '[3/4] COPY . .',
        status: 'ran',
        durationMs: 1,
        because: {
          kind: 'input-changed',
          input: 'build context',
          changed: ['a', 'run.sh'],
          more: 0,
          details: [
            { path: 'a', what: 'content', from: digest('1'), to: digest('2') },
            { path: 'run.sh', what: 'mode', from: '0644', to: '0755' },
          ],
        },
      },
    ]),
  ).toBe(`CACHED  [2/4] WORKDIR /app
RAN     [3/4] COPY . .
          a and run.sh changed
          content a sha256:111111111111 -> sha256:222222222222
          mode run.sh 0644 -> 0755
`);
});

test('a plan says what has to happen before a step can be told', () => {
  expect(
    explainSteps([
      { name: 'RUN make', label: '[2/3] RUN make', status: 'would-run', because: { kind: 'never-built' } },
      { name: 'RUN test', label: '[3/3] RUN test', status: 'unknown', until: 'RUN make runs' },
    ]),
  ).toBe(`WOULD RUN  [2/3] RUN make
             never built before
UNKNOWN    [3/3] RUN test
             not known before RUN make runs
`);
});
