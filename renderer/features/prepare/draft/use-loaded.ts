import { useEffect, useState } from 'react';
import { asContractError, type ContractError } from '../../../api';

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: ContractError | null;
}

/** Something that takes more than one question to main, loaded once. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ value: null, error: null });
  const [first] = useState(() => load);
  useEffect(() => {
    let left = false;
    first().then(
      (value) => !left && setState({ value, error: null }),
      (reason: unknown) => !left && setState({ value: null, error: asContractError(reason) }),
    );
    return () => {
      left = true;
    };
  }, [first]);
  return state;
}
