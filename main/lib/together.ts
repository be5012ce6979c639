/**
 * Calls that ask for the same thing in the same turn of the event loop go to the database as one statement: whoever works
 * on fifty rows side by side pays for one way to SQLite and back, not for fifty.
 *
 * @param kindOf calls of different kinds are not put together; most have only one
 * @param run answers every item, in the order in which they came
 */
export function together<Db extends object, Item, Answer>(
  kindOf: (item: Item) => string,
  run: (db: Db, items: readonly Item[]) => Promise<readonly Answer[]>,
): (db: Db, item: Item) => Promise<Answer> {
  interface Call {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const open = new WeakMap<Db, Map<string, Call[]>>();

  const flush = async (db: Db, calls: readonly Call[]): Promise<void> => {
    try {
      const answers = await run(
        db,
        calls.map(({ item }) => item),
      );
      if (answers.length !== calls.length) throw new Error('not every call was answered');
      // As many answers as calls.
      calls.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  };

  return (db, item) => {
    const kinds = open.get(db) ?? new Map<string, Call[]>();
    open.set(db, kinds);
    const kind = kindOf(item);
    return new Promise((resolve, reject) => {
      const call: Call = { item, resolve, reject };
      const waiting = kinds.get(kind);
      if (waiting !== undefined) return void waiting.push(call);
      const calls = [call];
      kinds.set(kind, calls);
      // After every callback that is due now: they are the ones that may ask for the same.
      setImmediate(() => {
        kinds.delete(kind);
        void flush(db, calls);
      });
    });
  };
}

/** All answers; when one fails, its error is thrown only after every other has ended: nobody works on in a dead transaction. */
export async function everyone<const Promises extends readonly Promise<unknown>[]>(
  promises: Promises,
): Promise<{ -readonly [Place in keyof Promises]: Awaited<Promises[Place]> }> {
  await Promise.allSettled(promises);
  // All have ended: this only takes the answers, or the first error.
  return await Promise.all(promises);
}
