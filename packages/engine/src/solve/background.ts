/** What of a build's steps goes on after their results are known. */
export interface Background {
  /** Gives what `work` settles with, while the rest of it goes on. @throws what `work` throws before */
  early<T>(work: (settle: (result: T) => void) => Promise<void>): Promise<T>;
  /** Waits until nothing goes on any more. @throws what was thrown after a result was known */
  ended(): Promise<void>;
}

export function createBackground(): Background {
  const underway = new Set<Promise<void>>();
  const failures: unknown[] = [];
  return {
    early(work) {
      return new Promise((resolve, reject) => {
        let isSettled = false;
        const ended = work((result) => {
          isSettled = true;
          resolve(result);
        })
          .catch((error: unknown) => {
            if (isSettled) failures.push(error);
            else reject(error);
          })
          .finally(() => underway.delete(ended));
        underway.add(ended);
      });
    },
    async ended() {
      while (underway.size > 0) await Promise.all(underway);
      if (failures.length > 0) throw failures[0];
    },
  };
}
