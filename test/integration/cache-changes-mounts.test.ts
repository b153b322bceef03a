import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { playScenarios, type Scenario } from '../support/cache-scenario.ts';

/** Edits of what is mounted. */
const MOUNTS: readonly Scenario[] = [
  {
    name: 'a mounted file',
    dockerfile: 'FROM busybox\nRUN --mount=target=/src,source=src cat /src/*.txt > /all\n',
    edit: { files: { 'src/one.txt': 'ONE\n' } },
    ran: ['RUN --mount=target=/src,source=src cat /src/*.txt > /all <- src/one.txt changed'],
  },
  {
    name: 'the mode of a mounted file',
    dockerfile: 'FROM busybox\nRUN --mount=target=/src,source=src ls -l /src > /all\n',
    edit: { also: ({ context }) => chmod(join(context, 'src/one.txt'), 0o600) },
    ran: ['RUN --mount=target=/src,source=src ls -l /src > /all <- the mode of src/one.txt changed from 0644 to 0600'],
  },
  {
    name: 'a mounted file that does not change the result: the steps below stay cached',
    dockerfile:
      'FROM busybox\nRUN --mount=target=/src,source=src wc -c < /src/one.txt > /size\nRUN cp /size /copy\nCOPY package.txt /\n',
    edit: { files: { 'src/one.txt': 'uno\n' } },
    ran: ['RUN --mount=target=/src,source=src wc -c < /src/one.txt > /size <- src/one.txt changed'],
  },
  {
    name: 'a mounted stage that writes the same: its user stays cached',
    dockerfile:
      'FROM busybox AS tool\nARG V=1\nRUN echo same > /tool; : $V\nFROM busybox\nRUN --mount=from=tool,target=/t cat /t/tool > /out\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: ['RUN echo same > /tool; : $V <- variable V changed'],
  },
  {
    name: 'a mounted stage',
    dockerfile:
      'FROM busybox AS tool\nARG V=1\nRUN echo $V > /tool\nFROM busybox\nRUN --mount=from=tool,source=/tool,target=/t cat /t > /out\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: [
      'RUN echo $V > /tool <- variable V changed',
      'RUN --mount=from=tool,source=/tool,target=/t cat /t > /out <- tool changed',
    ],
  },
  {
    name: 'a mounted stage that does not change the result: the steps below stay cached',
    dockerfile:
      'FROM busybox AS tool\nARG V=1\nRUN echo $V > /tool\nFROM busybox\nRUN --mount=from=tool,source=/tool,target=/t wc -c < /t > /size\nRUN cp /size /copy\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: [
      'RUN echo $V > /tool <- variable V changed',
      'RUN --mount=from=tool,source=/tool,target=/t wc -c < /t > /size <- tool changed',
    ],
  },
  {
    name: 'the target of a mount',
    dockerfile: 'FROM busybox\nARG AT=/a\nRUN --mount=type=tmpfs,target=$AT echo 1 > /one\n',
    edit: { options: { buildArgs: { AT: '/b' } } },
    ran: ['RUN --mount=type=tmpfs,target=$AT echo 1 > /one <- variable AT changed'],
  },
];

playScenarios('mounts', MOUNTS);
