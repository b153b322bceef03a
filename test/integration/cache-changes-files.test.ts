import { chmod, lstat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { playScenarios, type Scenario } from '../support/cache-scenario.ts';

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

/** Same size, same modification time. */
async function rewriteUnseen(context: string, path: string, content: string): Promise<void> {
  const place = join(context, path);
  const { atime, mtime } = await lstat(place);
  await writeFile(place, content);
  await utimes(place, atime, mtime);
}

playScenarios('files', FILES);
