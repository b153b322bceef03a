import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APP, playScenarios, type Scenario } from '../support/cache-scenario.ts';

const TWO_ENV = 'FROM busybox\nENV A=1 B=2\nENV C=3\nRUN echo $A$B$C > /abc\n';
const SECRET =
  'FROM busybox\nRUN --mount=type=secret,id=token cat /run/secrets/token > /dev/null; date +%s%N > /stamp\n';
const MOUNTED = 'FROM busybox\nRUN --mount=target=/src,source=src cat /src/*.txt > /all\nRUN cp /all /copy\n';

/** Edits after which nothing runs. */
const SCENARIOS: readonly Omit<Scenario, 'ran'>[] = [
  { name: 'nothing at all', edit: {} },
  { name: 'a file is touched', edit: { touch: ['package.txt', 'src/one.txt'] } },
  { name: 'a folder is touched', edit: { touch: ['src'] } },
  { name: 'a file is written again with the same content', edit: { files: { 'package.txt': 'b\na\n' } } },
  { name: 'the checkout lies elsewhere', edit: { moves: true } },
  { name: 'the checkout lies elsewhere and its files have other times', edit: { moves: true, touch: ['package.txt'] } },
  { name: 'a comment changes', edit: { dockerfile: `# a comment\n${APP.dockerfile}` } },
  { name: 'a comment within an instruction changes', ...edited('RUN sort package.txt \\\n# why\n  > installed') },
  { name: 'blank lines are added', edit: { dockerfile: APP.dockerfile.replaceAll('\n', '\n\n') } },
  {
    name: 'an instruction is written in lower case',
    edit: { dockerfile: APP.dockerfile.replace('COPY src', 'copy src') },
  },
  {
    name: 'white space between words of COPY',
    edit: { dockerfile: APP.dockerfile.replace('COPY src src', 'COPY   src   src') },
  },
  { name: 'a stage is renamed', edit: { dockerfile: APP.dockerfile.replaceAll('deps', 'dependencies') } },
  {
    name: 'a stage that is not built changes',
    edit: { dockerfile: APP.dockerfile.replace('tr a-z A-Z', 'tr A-Z a-z') },
  },
  { name: 'a stage that is not built is removed', edit: { dockerfile: withoutDocs() } },
  { name: 'a file that only an unbuilt stage reads changes', edit: { files: { 'README.md': 'other\n' } } },
  { name: 'a file that no stage reads is added', edit: { files: { 'notes.txt': 'new\n' } } },
  {
    name: 'an ignored file changes',
    dockerfile: 'FROM busybox\nCOPY . /app\nRUN ls /app > /list\n',
    edit: { files: { 'debug.log': 'more noise\n', 'new.log': '' } },
  },
  {
    name: 'the order of patterns in .dockerignore',
    dockerfile: 'FROM busybox\nCOPY src /app\n',
    edit: { files: { '.dockerignore': '*.log\n.git\nDockerfile\n' } },
  },
  {
    name: 'names of ENV in another order',
    dockerfile: TWO_ENV,
    edit: { dockerfile: TWO_ENV.replace('A=1 B=2', 'B=2 A=1') },
  },
  {
    name: 'ENV lines in another order',
    dockerfile: TWO_ENV,
    edit: { dockerfile: 'FROM busybox\nENV C=3\nENV A=1 B=2\nRUN echo $A$B$C > /abc\n' },
  },
  { name: 'ENV in its old form', dockerfile: TWO_ENV, edit: { dockerfile: TWO_ENV.replace('ENV C=3', 'ENV C 3') } },
  { name: 'a value in quotes', dockerfile: TWO_ENV, edit: { dockerfile: TWO_ENV.replace('C=3', 'C="3"') } },
  { name: 'labels change', edit: { dockerfile: `${APP.dockerfile}LABEL a=1 b=2\n` } },
  { name: 'a label of the build', edit: { options: { labels: { a: '1' } } } },
  { name: 'CMD, ENTRYPOINT, EXPOSE, VOLUME, STOPSIGNAL and HEALTHCHECK are added', edit: { dockerfile: metadata() } },
  { name: 'ENV after the last step', edit: { dockerfile: `${APP.dockerfile}ENV LATE=1\n` } },
  { name: 'USER after the last step', edit: { dockerfile: `${APP.dockerfile}USER 1000\n` } },
  {
    name: 'ENV before COPY, which does not read it',
    dockerfile: 'FROM busybox\nENV A=1\nCOPY src /src\n',
    edit: { dockerfile: 'FROM busybox\nENV A=2\nCOPY src /src\n' },
  },
  {
    name: 'USER before COPY, which does not read it',
    dockerfile: 'FROM busybox\nUSER 1000\nCOPY src /src\n',
    edit: { dockerfile: 'FROM busybox\nUSER 1001\nCOPY src /src\n' },
  },
  { name: 'a build argument that no stage declares', edit: { options: { buildArgs: { NOBODY: '1' } } } },
  { name: 'an ARG before FROM that nothing uses', edit: { dockerfile: `ARG UNUSED=1\n${APP.dockerfile}` } },
  {
    name: 'an ARG of a stage that is not built',
    dockerfile: APP.dockerfile.replace('AS docs\n', 'AS docs\nARG MODE=1\n'),
    edit: { options: { buildArgs: { MODE: '2' } } },
  },
  {
    name: 'an ARG given its default',
    dockerfile: 'FROM busybox\nARG MODE=1\nRUN echo $MODE > /mode\n',
    edit: { options: { buildArgs: { MODE: '1' } } },
  },
  {
    name: 'a base named by an ARG',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\n',
    edit: { dockerfile: 'ARG BASE=busybox\nFROM $BASE:latest\nRUN echo 1 > /one\n' },
  },
  {
    name: 'a proxy that nobody declared',
    dockerfile: 'FROM busybox\nRUN date +%s%N > /stamp\n',
    edit: { options: { buildArgs: { HTTP_PROXY: 'http://127.0.0.1:9/' } } },
  },
  {
    name: 'the value of a secret',
    dockerfile: SECRET,
    options: { secrets: { token: { value: 'one' } } },
    edit: { options: { secrets: { token: { value: 'two' } } } },
  },
  {
    name: 'an optional secret that is no longer given',
    dockerfile: SECRET,
    options: { secrets: { token: { value: '1' } } },
    edit: { options: {} },
  },
  {
    name: 'an added host',
    dockerfile: 'FROM busybox\nRUN date +%s%N > /stamp\n',
    edit: { options: { addHosts: { example: '10.0.0.1' } } },
  },
  {
    name: 'what a cache mount holds',
    dockerfile: 'FROM busybox\nRUN --mount=type=cache,target=/c date >> /c/log; date +%s%N > /stamp\n',
    edit: {},
  },
  { name: 'a file beside what is mounted', dockerfile: MOUNTED, edit: { files: { 'package.txt': 'other\n' } } },
  { name: 'a mounted file is touched', dockerfile: MOUNTED, edit: { touch: ['src/one.txt'] } },
  {
    name: 'SHELL before RUN in exec form',
    dockerfile: 'FROM busybox\nRUN ["/bin/touch","/x"]\n',
    edit: { dockerfile: 'FROM busybox\nSHELL ["/bin/ash","-c"]\nRUN ["/bin/touch","/x"]\n' },
  },
  {
    name: 'a mode that --chmod replaces',
    dockerfile: 'FROM busybox\nCOPY --chmod=755 package.txt /\n',
    edit: { also: ({ context }) => chmod(join(context, 'package.txt'), 0o600) },
  },
  {
    name: 'the umask of the checkout, below folders that exist',
    dockerfile: 'FROM busybox\nCOPY --chmod=644 src/one.txt /tmp/\n',
    edit: { also: ({ context }) => chmod(join(context, 'src/one.txt'), 0o664) },
  },
  {
    name: 'a name of COPY --from is given to another stage with the same content',
    dockerfile: 'FROM busybox AS a\nRUN echo 1 > /f\nFROM scratch\nCOPY --from=a /f /\n',
    edit: { dockerfile: 'FROM busybox AS b\nRUN echo 1 > /f\nFROM scratch\nCOPY --from=b /f /\n' },
  },
  {
    name: 'COPY --from by number instead of name',
    dockerfile: 'FROM busybox AS a\nRUN echo 1 > /f\nFROM scratch\nCOPY --from=a /f /\n',
    edit: { dockerfile: 'FROM busybox AS a\nRUN echo 1 > /f\nFROM scratch\nCOPY --from=0 /f /\n' },
  },
  {
    name: 'a file is replaced by an equal one',
    edit: {
      async also({ context }) {
        await writeFile(join(context, 'next'), 'one\n');
        await rename(join(context, 'next'), join(context, 'src/one.txt'));
      },
    },
  },
  { name: 'other names and outputs', edit: { options: { tags: ['app:dev', 'app:other'] } } },
  { name: 'another epoch', edit: { options: { sourceDateEpoch: 1_700_000_000 } } },
];

function edited(run: string): Pick<Scenario, 'dockerfile' | 'edit'> {
  return {
    edit: { dockerfile: APP.dockerfile.replace('RUN sort package.txt > installed', run) },
    dockerfile: APP.dockerfile.replace('RUN sort package.txt > installed', 'RUN sort package.txt \\\n  > installed'),
  };
}

function withoutDocs(): string {
  return APP.dockerfile.replace(/FROM busybox AS docs\n.*\n.*\n/, '');
}

function metadata(): string {
  return `${APP.dockerfile}CMD ["sh"]\nENTRYPOINT ["a"]\nEXPOSE 80\nVOLUME /v\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD true\n`;
}

playScenarios(
  'nothing runs again after',
  SCENARIOS.map((scenario) => ({ ...scenario, ran: [] })),
);
