import { useState } from 'react';
import { AS_FOUND, type ImportProgress, type ImportSource } from '../../shared/contract/imports';
import { api } from './api';
import { asContractError, type ContractError } from './client';
import { useEvent } from './use-call';

export interface Importing {
  readonly source: ImportSource;
  readonly progress: ImportProgress | null;
  /** The person has asked to stop; main is putting things away. */
  readonly stopping: boolean;
}

/** One import at a time: from a file or a sample to the draft that it becomes. */
export function useImport(providerUid: string | null, onImported: (draftId: number) => void) {
  const [running, setRunning] = useState<Importing | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const [busy, setBusy] = useState(false);

  useEvent('imports.progressed', (progress) => {
    setRunning((now) => (now?.source.sourceId === progress.sourceId ? { ...now, progress } : now));
  });

  async function start(findSource: () => Promise<ImportSource>): Promise<void> {
    if (providerUid === null || busy) return;
    setBusy(true);
    setError(null);
    try {
      const source = await findSource();
      setRunning({ source, progress: null, stopping: false });
      const { sourceId } = source;
      const summary = await api.call('imports.start', {
        sourceId,
        providerUid,
        changeType: null,
        look: AS_FOUND,
        map: [],
        defaults: { customer: null, ratePlan: null, ratePool: null, effectiveDate: null },
        continueDraftId: null,
      });
      onImported(summary.draftId);
    } catch (reason) {
      setError(asContractError(reason));
    } finally {
      setRunning(null);
      setBusy(false);
    }
  }

  return {
    running,
    error,
    importFile: (file: File) => void start(() => api.sourceOf(file)),
    importSample: (which: 'clean' | 'damaged') => void start(() => api.call('imports.sample', { which })),
    cancel: () => {
      if (running === null) return;
      setRunning({ ...running, stopping: true });
      api
        .call('imports.cancel', { sourceId: running.source.sourceId })
        .catch((reason: unknown) => setError(asContractError(reason)));
    },
  };
}
