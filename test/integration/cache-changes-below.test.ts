import { playScenarios, retag, type Scenario } from '../support/cache-scenario.ts';

/** Edits of what lies below a step: its base, and what earlier steps left. */
const BELOW: readonly Scenario[] = [
  {
    name: 'the base image, where COPY finds the same destination',
    dockerfile: 'FROM busybox\nWORKDIR /app\nCOPY package.txt ./\nRUN sort package.txt > installed\n',
    edit: { also: ({ builder }) => retag(builder, 'RUN echo new > /etc/new\n') },
    ran: ['RUN sort package.txt > installed <- the base changed'],
  },
  {
    name: 'the base image, where COPY does not',
    dockerfile: 'FROM busybox\nCOPY package.txt /app/\n',
    edit: { also: ({ builder }) => retag(builder, 'RUN mkdir -m 700 /app\n') },
    ran: ['COPY package.txt /app/ <- /app changed below it'],
  },
  {
    name: 'the base image, whose users have other numbers',
    dockerfile: 'FROM busybox\nCOPY --chown=bin package.txt /\n',
    edit: { also: ({ builder }) => retag(builder, "RUN sed -i 's/^bin:x:2/bin:x:7/' /etc/passwd\n") },
    ran: ['COPY --chown=bin package.txt / <- /etc/passwd changed below it'],
  },
  {
    name: 'the base image, where --link does not look',
    dockerfile: 'FROM busybox\nCOPY --link package.txt /app/\n',
    edit: { also: ({ builder }) => retag(builder, 'RUN mkdir -m 700 /app\n') },
    ran: [],
  },
  {
    name: 'a folder that a RUN below COPY makes otherwise',
    dockerfile: 'FROM busybox\nARG MODE=755\nRUN mkdir -m $MODE /app\nCOPY package.txt /app/\n',
    edit: { options: { buildArgs: { MODE: '711' } } },
    ran: ['RUN mkdir -m $MODE /app <- variable MODE changed', 'COPY package.txt /app/ <- /app changed below it'],
  },
  {
    name: 'a RUN below COPY, which finds the same destination',
    dockerfile: 'FROM busybox\nARG V=1\nRUN echo $V > /v\nCOPY package.txt /app/\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: ['RUN echo $V > /v <- variable V changed'],
  },
  {
    name: 'what WORKDIR finds',
    dockerfile: 'FROM busybox\nARG V=1\nRUN test $V = 1 || mkdir /app\nWORKDIR /app\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: ['RUN test $V = 1 || mkdir /app <- variable V changed', 'WORKDIR /app <- /app changed below it'],
  },
  {
    name: 'another base',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\n',
    edit: {
      dockerfile: 'FROM other\nRUN echo 1 > /one\n',
      also: ({ builder }) => retag(builder, 'COPY . /new\n', 'other'),
    },
    ran: ['RUN echo 1 > /one <- the base changed'],
  },
  {
    name: 'an empty base in the place of an image',
    dockerfile: 'FROM busybox\nCOPY package.txt /app/\n',
    edit: { dockerfile: 'FROM scratch\nCOPY package.txt /app/\n' },
    ran: [],
  },
  {
    name: 'a command that writes the same: the steps below stay cached',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN cp /one /copy\n',
    edit: { dockerfile: 'FROM busybox\nRUN echo 1 >/one\nRUN cp /one /copy\n' },
    ran: ['RUN echo 1 >/one <- the instruction changed, it was: RUN echo 1 > /one'],
  },
  {
    name: 'a command that dates the same file otherwise: the steps below run',
    dockerfile: 'FROM busybox\nRUN touch -d 2001-02-03 /one\nRUN ls -l /one > /copy\n',
    edit: { dockerfile: 'FROM busybox\nRUN touch -d 2002-02-03 /one\nRUN ls -l /one > /copy\n' },
    ran: [
      'RUN touch -d 2002-02-03 /one <- the instruction changed, it was: RUN touch -d 2001-02-03 /one',
      'RUN ls -l /one > /copy <- RUN touch -d 2002-02-03 /one changed',
    ],
  },
];

playScenarios('below', BELOW);
