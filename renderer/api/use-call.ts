import { useCallback, useEffect, useRef, useState } from 'react';
import type { CallName, EventName, InputOf, OutputOf, PayloadOf } from '../../shared/contract/index';
import { api } from './api';
import { asContractError, type ContractError } from './client';

/** A question to main and what came back. While it is asked again the last answer stays on the screen. */
export interface Called<T> {
  readonly value: T | null;
  readonly error: ContractError | null;
  readonly loading: boolean;
  reload(): void;
}

/** Asks when the screen opens and whenever the input changes. A null input asks nothing. */
export function useCall<N extends CallName>(name: N, input: InputOf<N> | undefined): Called<OutputOf<N>> {
  const [state, setState] = useState<Omit<Called<OutputOf<N>>, 'reload'>>({ value: null, error: null, loading: true });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(input);
  const latest = useRef('');
  useEffect(() => {
    if (key === undefined) return;
    const mine = `${name} ${key} ${round}`;
    latest.current = mine;
    setState((before) => ({ ...before, loading: true }));
    api.call(name, JSON.parse(key) as InputOf<N>).then(
      (value) => {
        if (latest.current === mine) setState({ value, error: null, loading: false });
      },
      (error: unknown) => {
        if (latest.current === mine)
          setState((before) => ({ ...before, error: asContractError(error), loading: false }));
      },
    );
  }, [name, key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}

/** Listens while the component is there. */
export function useEvent<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): void {
  const current = useRef(listener);
  useEffect(() => {
    current.current = listener;
  });
  useEffect(() => api.on(name, (payload) => current.current(payload)), [name]);
}
