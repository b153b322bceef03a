import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { APP, playScenarios, type Scenario } from '../support/cache-scenario.ts';

/** Edits of instructions and of what holds for them. */
const RUNS: readonly Scenario[] = [
  {
    name: 'the text of a RUN',
    edit: { dockerfile: APP.dockerfile.replace('cat src/*.txt', 'cat src/one.txt') },
    ran: ['RUN cat src/one.txt > bundle <- the instruction changed, it was: RUN cat src/*.txt > bundle'],
  },
  {
    name: 'USER before RUN',
    dockerfile: 'FROM busybox\nUSER 1000\nRUN echo 1 > /tmp/one\n',
    edit: { dockerfile: 'FROM busybox\nUSER 1001\nRUN echo 1 > /tmp/one\n' },
    ran: ['RUN echo 1 > /tmp/one <- USER changed from 1000 to 1001'],
  },
  {
    name: 'a first USER',
    dockerfile: 'FROM busybox\nRUN echo 1 > /tmp/one\n',
    edit: { dockerfile: 'FROM busybox\nUSER bin\nRUN echo 1 > /tmp/one\n' },
    ran: ['RUN echo 1 > /tmp/one <- USER changed from none to bin'],
  },
  {
    name: 'SHELL',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\n',
    edit: { dockerfile: 'FROM busybox\nSHELL ["/bin/ash","-c"]\nRUN echo 1 > /one\n' },
    ran: ['RUN echo 1 > /one <- SHELL changed from /bin/sh -c to /bin/ash -c'],
  },
  {
    name: 'WORKDIR of RUN and COPY',
    dockerfile: 'FROM busybox\nWORKDIR /a\nCOPY package.txt ./\nRUN echo 1 > one\n',
    edit: { dockerfile: 'FROM busybox\nWORKDIR /b\nCOPY package.txt ./\nRUN echo 1 > one\n' },
    ran: [
      'WORKDIR /b <- the instruction changed, it was: WORKDIR /a',
      'COPY package.txt ./ <- destination changed from /a/ to /b/',
      'RUN echo 1 > one <- WORKDIR changed from /a to /b',
    ],
  },
  {
    name: '--network',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\n',
    edit: { options: { network: 'none' } },
    ran: ['RUN echo 1 > /one <- --network changed from default to none'],
  },
  {
    name: 'a heredoc of RUN',
    dockerfile: 'FROM busybox\nRUN <<EOF\necho 1 > /one\nEOF\n',
    edit: { dockerfile: 'FROM busybox\nRUN <<EOF\necho 2 > /one\nEOF\n' },
    ran: ['RUN <<EOF <- command changed from echo 1 > /one to echo 2 > /one'],
  },
  {
    name: 'a step between others',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 3 > /three\n',
    edit: { dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two\nRUN echo 3 > /three\n' },
    ran: [
      'RUN echo 2 > /two <- the instruction changed, it was: RUN echo 3 > /three',
      'RUN echo 3 > /three <- RUN echo 2 > /two changed',
    ],
  },
  {
    name: 'a step less',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two\nRUN echo 3 > /three\n',
    edit: { dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 3 > /three\n' },
    ran: ['RUN echo 3 > /three <- RUN echo 2 > /two changed'],
  },
  {
    name: 'a new step at the end',
    edit: { dockerfile: `${APP.dockerfile}RUN echo new > /new\n` },
    ran: ['RUN echo new > /new <- never built before'],
  },
];

/** Edits of COPY. */
const COPIES: readonly Scenario[] = [
  {
    name: 'the source of a COPY',
    dockerfile: 'FROM busybox\nCOPY src/one.txt /a\n',
    edit: { dockerfile: 'FROM busybox\nCOPY src/two.txt /a\n' },
    ran: ['COPY src/two.txt /a <- the instruction changed, it was: COPY src/one.txt /a'],
  },
  {
    name: 'the destination of a COPY',
    dockerfile: 'FROM busybox\nCOPY src /a\n',
    edit: { dockerfile: 'FROM busybox\nCOPY src /b\n' },
    ran: ['COPY src /b <- the instruction changed, it was: COPY src /a'],
  },
  {
    name: '--chmod',
    dockerfile: 'FROM busybox\nCOPY --chmod=644 package.txt /a\n',
    edit: { dockerfile: 'FROM busybox\nCOPY --chmod=600 package.txt /a\n' },
    ran: ['COPY --chmod=600 package.txt /a <- the instruction changed, it was: COPY --chmod=644 package.txt /a'],
  },
  {
    name: '--chown',
    dockerfile: 'FROM busybox\nCOPY --chown=1 package.txt /a\n',
    edit: { dockerfile: 'FROM busybox\nCOPY --chown=2 package.txt /a\n' },
    ran: ['COPY --chown=2 package.txt /a <- the instruction changed, it was: COPY --chown=1 package.txt /a'],
  },
  {
    name: '--chown by an ARG',
    dockerfile: 'FROM busybox\nARG WHO=1\nCOPY --chown=$WHO package.txt /a\n',
    edit: { options: { buildArgs: { WHO: '2' } } },
    ran: ['COPY --chown=$WHO package.txt /a <- variable WHO changed'],
  },
  {
    name: '--exclude',
    dockerfile: 'FROM busybox\nCOPY --exclude=two.txt src /a\n',
    edit: { dockerfile: 'FROM busybox\nCOPY --exclude=one.txt src /a\n' },
    ran: ['COPY --exclude=one.txt src /a <- the instruction changed, it was: COPY --exclude=two.txt src /a'],
  },
  {
    name: 'the mode where --chmod is relative',
    dockerfile: 'FROM busybox\nCOPY --chmod=g+w package.txt /a\n',
    edit: { also: ({ context }) => chmod(join(context, 'package.txt'), 0o600) },
    ran: ['COPY --chmod=g+w package.txt /a <- the mode of package.txt changed from 0644 to 0600'],
  },
  {
    name: 'a variable of a COPY',
    dockerfile: 'FROM busybox\nARG FILE=one\nCOPY src/${FILE}.txt /a\n',
    edit: { options: { buildArgs: { FILE: 'two' } } },
    ran: ['COPY src/${FILE}.txt /a <- variable FILE changed'],
  },
];

playScenarios('instructions', RUNS);
playScenarios('COPY', COPIES);
