import type { TestContext } from 'vitest';

/** For `beforeEach`: skips the tests of a group with the reason, which the summary prints. Null: they run. */
export function skipBecause(reason: string | null): (context: TestContext) => void {
  return (context) => {
    if (reason !== null) context.skip(reason);
  };
}
