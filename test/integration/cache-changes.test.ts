import { chmod, lstat, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestFromHex } from '@tsbuild/core';
import type { Builder } from '@tsbuild/engine';
import { openStore } from '@tsbuild/store';
import { afterAll, beforeAll, describe } from 'vitest';
import { openLayerTree } from '../../packages/layer/src/index.ts';
import { APP, createTemplateStore, playScenario, type Scenario } from '../support/cache-scenario.ts';
import { testWith } from '../support/parts.ts';
import type { TempFolder } from '../support/temp-folder.ts';

const SORT = 'RUN sort package.txt > installed';
const CAT = 'RUN cat src/*.txt > bundle';

/** Edits of what COPY reads. */
const FILES: readonly Scenario[] = [
  {
    name: 'the content of a file',
    edit: { files: { 'src/one.txt': 'ONE\n' } },
    ran: ['COPY src src <- src/one.txt changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'the content of two files',
    edit: { files: { 'src/one.txt': 'ONE\n', 'src/two.txt': 'TWO\n' } },
    ran: ['COPY src src <- src/one.txt and src/two.txt changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'an early file',
    edit: { files: { 'package.txt': 'c\na\n' } },
    ran: [
      'COPY package.txt ./ <- package.txt changed',
      `${SORT} <- COPY package.txt ./ changed`,
      `${CAT} <- COPY package.txt ./ changed`,
    ],
  },
  {
    name: 'content of the same size and time, right after it was read',
    edit: { also: (place) => rewriteUnseen(place.context, 'src/one.txt', 'ONE\n') },
    ran: ['COPY src src <- src/one.txt changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'content of the same size and time, of a file that was remembered',
    edit: {
      async also({ context, builder }) {
        await sleep(300);
        await builder.build({ context });
        await rewriteUnseen(context, 'src/one.txt', 'ONE\n');
      },
    },
    ran: ['COPY src src <- src/one.txt changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'the mode of a file',
    edit: { also: ({ context }) => chmod(join(context, 'src/one.txt'), 0o755) },
    ran: ['COPY src src <- the mode of src/one.txt changed from 0644 to 0755', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'the mode of a folder',
    files: { 'src/sub': { directory: true } },
    edit: { also: ({ context }) => chmod(join(context, 'src/sub'), 0o700) },
    ran: ['COPY src src <- the mode of src/sub changed from 0755 to 0700', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a new file',
    edit: { files: { 'src/three.txt': 'three\n' } },
    ran: ['COPY src src <- src/three.txt is new', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a new folder with a file',
    edit: { files: { 'src/more/four.txt': 'four\n' } },
    ran: ['COPY src src <- src/more/four.txt is new', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a new empty folder',
    edit: { files: { 'src/empty': { directory: true } } },
    ran: ['COPY src src <- src/empty is new', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a file less',
    edit: { files: { 'src/two.txt': null } },
    ran: ['COPY src src <- src/two.txt was removed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a file under another name',
    edit: { files: { 'src/two.txt': null, 'src/2.txt': 'two\n' } },
    ran: ['COPY src src <- src/2.txt and src/two.txt changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'the target of a symlink',
    files: { 'src/link': { symlink: 'one.txt' } },
    edit: { files: { 'src/link': { symlink: 'two.txt' } } },
    ran: ['COPY src src <- src/link leads to two.txt, it led to one.txt', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'a file in the place of a symlink',
    files: { 'src/link': { symlink: 'one.txt' } },
    edit: { files: { 'src/link': null, 'src/l': 'x' } },
    ran: ['COPY src src <- src/l and src/link changed', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'the type of a path',
    files: { 'src/thing': { symlink: 'one.txt' } },
    edit: {
      files: { 'src/thing': null },
      also: ({ context }) => writeFile(join(context, 'src/thing'), 'one\n', { mode: 0o644 }),
    },
    ran: ['COPY src src <- the type of src/thing changed from symlink to file', `${CAT} <- COPY src src changed`],
  },
  {
    name: 'twelve files',
    edit: { files: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`src/${at + 10}`, 'x'])) },
    ran: [
      'COPY src src <- src/10, src/11, src/12, src/13, src/14, src/15, src/16, src/17, src/18, src/19 and 2 more changed',
      `${CAT} <- COPY src src changed`,
    ],
  },
  {
    name: 'a file that .dockerignore no longer hides',
    dockerfile: 'FROM busybox\nCOPY *.log /logs/\nCOPY *.txt /texts/\n',
    files: { '.dockerignore': 'noisy.log\n', 'noisy.log': 'x' },
    edit: { files: { '.dockerignore': '' } },
    ran: ['COPY *.log /logs/ <- noisy.log is new'],
  },
  {
    name: 'a file of COPY --from',
    dockerfile:
      'FROM busybox AS a\nARG V=1\nRUN echo $V > /v; echo 1 > /w\nFROM busybox\nCOPY --from=a /v /\nCOPY --from=a /w /\nRUN cat /w > /x\n',
    edit: { options: { buildArgs: { V: '2' } } },
    ran: [
      'RUN echo $V > /v; echo 1 > /w <- variable V changed',
      'COPY --from=a /v / <- v changed',
      'RUN cat /w > /x <- COPY --from=a /v / changed',
    ],
  },
  {
    name: 'a heredoc of COPY',
    dockerfile: 'FROM busybox\nCOPY <<EOF /a\none\nEOF\n',
    edit: { dockerfile: 'FROM busybox\nCOPY <<EOF /a\ntwo\nEOF\n' },
    ran: ['COPY <<EOF /a <- EOF changed'],
  },
];

/** Edits of what is written in the Dockerfile, or given on the command line. */
const INSTRUCTIONS: readonly Scenario[] = [
  {
    name: 'the text of a RUN',
    edit: { dockerfile: APP.dockerfile.replace('cat src/*.txt', 'cat src/one.txt') },
    ran: ['RUN cat src/one.txt > bundle <- the instruction changed, it was: RUN cat src/*.txt > bundle'],
  },
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

/** Edits of what lies below, of mounts, and of how much of the cache is used. */
const SURROUNDINGS: readonly Scenario[] = [
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
    name: 'the target of a mount',
    dockerfile: 'FROM busybox\nARG AT=/a\nRUN --mount=type=tmpfs,target=$AT echo 1 > /one\n',
    edit: { options: { buildArgs: { AT: '/b' } } },
    ran: ['RUN --mount=type=tmpfs,target=$AT echo 1 > /one <- variable AT changed'],
  },
  {
    name: 'no cache',
    edit: { options: { noCache: true } },
    ran: [
      'WORKDIR /app <- the cache was not to be used',
      'COPY package.txt ./ <- the cache was not to be used',
      `${SORT} <- the cache was not to be used`,
      'COPY src src <- the cache was not to be used',
      `${CAT} <- the cache was not to be used`,
    ],
  },
  {
    name: 'no cache for one stage, which writes the same',
    edit: { options: { noCacheFilter: ['deps'] } },
    ran: [
      'WORKDIR /app <- the cache was not to be used',
      'COPY package.txt ./ <- the cache was not to be used',
      `${SORT} <- the cache was not to be used`,
    ],
  },
  {
    name: 'the layer of a step is gone',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two\n',
    edit: { also: ({ builder }) => forget(builder, 'two') },
    ran: ['RUN echo 2 > /two <- its recorded layer is gone from the store'],
  },
];

/** Same size, same modification time. */
async function rewriteUnseen(context: string, path: string, content: string): Promise<void> {
  const place = join(context, path);
  const { atime, mtime } = await lstat(place);
  await writeFile(place, content);
  await utimes(place, atime, mtime);
}

async function retag(builder: Builder, instructions: string, tag = 'busybox'): Promise<void> {
  await builder.build({
    context: { files: { marker: 'x' } },
    dockerfile: `FROM busybox\n${instructions}`,
    tags: [tag],
  });
}

/** Removes the layer that holds the file. */
async function forget(builder: Builder, file: string): Promise<void> {
  await using store = await openStore({ root: builder.root });
  for (const hex of await readdir(join(builder.root, 'trees'))) {
    const digest = digestFromHex(hex);
    const index = await store.trees.get(digest);
    if (index === undefined) continue;
    const tree = openLayerTree(index, async () => '');
    if (tree.lookup(file) !== undefined) await store.blobs.remove(digest);
  }
}

let template: TempFolder;
beforeAll(async () => {
  template = await createTemplateStore();
});
afterAll(() => template[Symbol.asyncDispose]());

const define = testWith('root', 'busybox');

describe('files', () => {
  for (const scenario of FILES) define(scenario.name, () => playScenario(template, scenario));
});
describe('instructions', () => {
  for (const scenario of INSTRUCTIONS) define(scenario.name, () => playScenario(template, scenario));
});
describe('surroundings', () => {
  for (const scenario of SURROUNDINGS) define(scenario.name, () => playScenario(template, scenario));
});
