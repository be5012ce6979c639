/** Whoever opens something adds the way to close it; everything is closed in reverse order. */
export interface Closer {
  add(name: string, close: () => Promise<void> | void): void;
  /** Closes everything, also when one of them fails; then throws what failed, together. */
  closeAll(): Promise<void>;
}

export function createCloser(): Closer {
  const open: { name: string; close: () => Promise<void> | void }[] = [];
  return {
    add(name, close) {
      open.push({ name, close });
    },
    async closeAll() {
      const failures: unknown[] = [];
      for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
        try {
          await entry.close();
        } catch (error) {
          failures.push(new Error(`could not close ${entry.name}`, { cause: error }));
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'could not close everything');
    },
  };
}
