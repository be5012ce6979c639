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

/**
 * Asks when the screen opens and whenever the input changes; an undefined input asks nothing. One question is under way
 * at a time: events that come faster than answers lead to one more question, not to one each.
 */
export function useCall<N extends CallName>(name: N, input: InputOf<N> | undefined): Called<OutputOf<N>> {
  const [state, setState] = useState<Omit<Called<OutputOf<N>>, 'reload'>>({ value: null, error: null, loading: true });
  const key = JSON.stringify(input);
  const askAgain = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (key === undefined) return;
    let busy = false;
    let again = false;
    let left = false;
    const settle = (result: Pick<Called<OutputOf<N>>, 'error'> & { value?: OutputOf<N> }): void => {
      busy = false;
      if (left) return;
      setState((before) => ({ ...before, ...result, loading: again }));
      if (again) ask();
    };
    const ask = (): void => {
      again = busy;
      if (busy) return;
      busy = true;
      setState((before) => ({ ...before, loading: true }));
      api.call(name, JSON.parse(key) as InputOf<N>).then(
        (value) => settle({ value, error: null }),
        (error: unknown) => settle({ error: asContractError(error) }),
      );
    };
    askAgain.current = ask;
    ask();
    return () => {
      left = true;
      askAgain.current = () => undefined;
    };
  }, [name, key]);
  const reload = useCallback(() => askAgain.current(), []);
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
