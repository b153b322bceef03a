import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const MEBIBYTE = 1024 * 1024;
const LOOK_EVERY_MS = 10;
/** How much a heap may grow before it is collected, in percent of what was left the last time. */
const GROWTH = 400;
/** The same once it has held so many bytes. */
const LATER_GROWTH = [
  { from: 12 * MEBIBYTE, percent: 150 },
  { from: 24 * MEBIBYTE, percent: 30 },
];

/**
 * Garbage of a build is many small objects that die young. V8 lets them pile up as long as the machine has memory; with this
 * it collects early, which takes a third off what a COPY of many files needs and costs little time. The smaller the heap, the
 * less strict it is: while a base arrives the pieces of it are the garbage, and it would collect over and over. Not for commands
 * that only move blobs: buffers count as garbage too, and collecting for each few of them costs more than the transfer.
 */
export function limitGarbage(): void {
  limitGrowth(GROWTH);
  const later = [...LATER_GROWTH];
  const timer = setInterval(() => {
    const [next] = later;
    if (next === undefined) return clearInterval(timer);
    if (getHeapStatistics().used_heap_size < next.from) return;
    limitGrowth(next.percent);
    later.shift();
  }, LOOK_EVERY_MS);
  timer.unref();
}

function limitGrowth(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/** Space for the youngest objects does not grow: it is touched over and over, and none of it is given back. */
export function limitMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
