import { playScenarios, type Scenario } from '../support/cache-scenario.ts';

/** Edits of ARG and ENV. */
const VALUES: readonly Scenario[] = [
  {
    name: 'an ARG that RUN does not mention',
    dockerfile: 'FROM busybox\nARG MODE=1\nRUN echo 1 > /one\n',
    edit: { options: { buildArgs: { MODE: '2' } } },
    ran: ['RUN echo 1 > /one <- variable MODE changed'],
  },
  {
    name: 'an ARG, only below where it is declared',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nARG MODE=1\nRUN echo $MODE > /two\n',
    edit: { options: { buildArgs: { MODE: '2' } } },
    ran: ['RUN echo $MODE > /two <- variable MODE changed'],
  },
  {
    name: 'the default of an ARG',
    dockerfile: 'FROM busybox\nARG MODE=1\nRUN echo 1 > /one\n',
    edit: { dockerfile: 'FROM busybox\nARG MODE=2\nRUN echo 1 > /one\n' },
    ran: ['RUN echo 1 > /one <- variable MODE changed'],
  },
  {
    name: 'an ARG before FROM that a stage takes',
    dockerfile: 'ARG MODE=1\nFROM busybox\nARG MODE\nRUN echo 1 > /one\n',
    edit: { options: { buildArgs: { MODE: '2' } } },
    ran: ['RUN echo 1 > /one <- variable MODE changed'],
  },
  {
    name: 'a declared proxy',
    dockerfile: 'FROM busybox\nARG HTTP_PROXY\nRUN echo 1 > /one\n',
    edit: { options: { buildArgs: { HTTP_PROXY: 'http://127.0.0.1:9/' } } },
    ran: ['RUN echo 1 > /one <- variable HTTP_PROXY changed'],
  },
  {
    name: 'ENV',
    dockerfile: 'FROM busybox\nENV A=1 B=2\nRUN echo 1 > /one\n',
    edit: { dockerfile: 'FROM busybox\nENV A=1 B=3\nRUN echo 1 > /one\n' },
    ran: ['RUN echo 1 > /one <- variable B changed'],
  },
  {
    name: 'a new ENV',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\n',
    edit: { dockerfile: 'FROM busybox\nENV NEW=1\nRUN echo 1 > /one\n' },
    ran: ['RUN echo 1 > /one <- variable NEW changed'],
  },
];

playScenarios('values', VALUES);
