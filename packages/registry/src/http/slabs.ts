/** Read into at once: each read costs a round through everybody who handles its bytes. */
const SLAB_BYTES = 1024 * 1024;
/** A slab with less room than this is full. */
const LEAST_ROOM = 128 * 1024;

/** Memory that one side fills and the other empties, in order. */
export interface Slabs {
  /** Filled slabs that nobody has taken. */
  readonly waiting: number;
  /** Where the next bytes go. */
  room(): Uint8Array;
  /** `count` bytes are in the room now. */
  add(count: number): void;
  /** What was added since, or as much of it as lies together. The memory is filled again after the next call. */
  take(): Uint8Array | undefined;
}

interface Slab {
  readonly memory: Buffer;
  /** What was taken and what was filled, counted from the front. */
  taken: number;
  filled: number;
}

/** A few slabs that go round: memory made anew for each read would keep the garbage collector busy. */
export function createSlabs(): Slabs {
  const free: Slab[] = [];
  const full: Slab[] = [];
  let filling = newSlab();
  /** Its last bytes are with the reader. */
  let lent: Slab | undefined;

  const putBack = (slab: Slab): void => {
    slab.taken = 0;
    slab.filled = 0;
    free.push(slab);
  };
  return {
    get waiting() {
      return full.length;
    },
    room() {
      if (SLAB_BYTES - filling.filled < LEAST_ROOM) {
        full.push(filling);
        filling = free.pop() ?? newSlab();
      }
      return filling.memory.subarray(filling.filled);
    },
    add(count) {
      filling.filled += count;
    },
    take() {
      if (lent !== undefined) putBack(lent);
      lent = full.shift();
      const bytes = takeFrom(lent ?? filling);
      // A slab that was emptied before it was full has nothing left.
      return bytes === undefined && lent !== undefined ? this.take() : bytes;
    },
  };
}

function newSlab(): Slab {
  return { memory: Buffer.allocUnsafeSlow(SLAB_BYTES), taken: 0, filled: 0 };
}

function takeFrom(slab: Slab): Uint8Array | undefined {
  const { memory, taken, filled } = slab;
  slab.taken = filled;
  return filled > taken ? memory.subarray(taken, filled) : undefined;
}
