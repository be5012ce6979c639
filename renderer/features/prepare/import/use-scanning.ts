import { useEffect, useRef, useState } from 'react';
import { asContractError, type ContractError } from '../../../api';
import { remember, remembered } from '../../../lib/remembered';
import { playOutcome } from './scan-sound';
import {
  judgeBefore,
  judgeScan,
  openPlaces,
  placeFor,
  readCode,
  scanStateSchema,
  withoutFirst,
  withoutLast,
  withoutPair,
  type Holder,
  type Outcome,
  type ScanField,
  type ScanMode,
  type ScanState,
} from './scan.rules';

interface ScanningOptions {
  /** Under which name the scans are kept over a restart. */
  readonly memory: string;
  readonly mode: ScanMode;
  readonly muted: boolean;
  /** Said when nobody has an old number. */
  readonly nobody: string;
  findHolder(field: ScanField, value: string): Promise<Holder | null>;
}

export interface Scanning {
  readonly state: ScanState;
  /** Of the last scan; null: none yet. */
  readonly outcome: Outcome | null;
  readonly error: ContractError | null;
  scan(raw: string): void;
  undo(): void;
  removePair(index: number): void;
  setMode(mode: ScanMode): void;
  /** The first whole pairs were taken over. */
  finish(pairs: number): void;
}

/** Keeps what is scanned, half pairs too, over a restart; scans are judged one after the other, however fast they come. */
export function useScanning(options: ScanningOptions): Scanning {
  const { memory, mode } = options;
  const [state, setState] = useState<ScanState>(() => remembered(memory, scanStateSchema) ?? { mode, scans: [] });
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const newest = useRef(state);
  const line = useRef<Promise<void>>(Promise.resolve());
  const current = useRef(options);
  useEffect(() => {
    current.current = options;
  });

  const put = (next: ScanState): void => {
    newest.current = next;
    remember(memory, next.scans.length === 0 ? null : next);
    setState(next);
  };

  async function judge(raw: string): Promise<void> {
    const code = readCode(raw);
    let judged = judgeBefore(newest.current, code);
    if (judged === null && code.ok) {
      const field = placeFor(newest.current, code.kind);
      const holder = field === null ? null : await current.current.findHolder(field, code.value);
      judged = judgeScan(newest.current, code, holder, current.current.nobody);
    }
    if (judged === null) return;
    setError(null);
    setOutcome(judged);
    let isWhole = false;
    if ('scan' in judged) {
      const before = openPlaces(newest.current).length;
      put({ ...newest.current, scans: [...newest.current.scans, judged.scan] });
      isWhole = before === 1;
    }
    if (!current.current.muted) playOutcome(isWhole && judged.kind === 'accepted' ? 'whole' : judged.kind);
  }

  /** Something else than a scan has changed the list: the last outcome is no longer about it. */
  const change = (next: ScanState): void => {
    put(next);
    setOutcome(null);
  };
  return {
    state,
    outcome,
    error,
    scan(raw) {
      if (raw.trim() === '') return;
      line.current = line.current.then(() => judge(raw)).catch((reason: unknown) => setError(asContractError(reason)));
    },
    undo: () => change(withoutLast(newest.current)),
    removePair: (index) => change(withoutPair(newest.current, index)),
    setMode: (chosen) => change({ mode: chosen, scans: [] }),
    finish: (pairs) => change(withoutFirst(newest.current, pairs)),
  };
}
