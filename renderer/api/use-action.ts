import { useState } from 'react';
import { asContractError, type ContractError } from './client';

/** Something that the person sets off: busy until it has ended, and its error is kept for the screen. */
export interface Action {
  readonly busy: boolean;
  readonly error: ContractError | null;
  /** Never rejects: a failure is in `error`. A second run while one is under way is not started. */
  run(work: () => Promise<void>): void;
  clear(): void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ContractError | null>(null);
  return {
    busy,
    error,
    run(work) {
      if (busy) return;
      setBusy(true);
      setError(null);
      work().then(
        () => setBusy(false),
        (reason: unknown) => {
          setError(asContractError(reason));
          setBusy(false);
        },
      );
    },
    clear: () => setError(null),
  };
}
