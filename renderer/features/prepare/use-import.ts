import { useState } from 'react';
import type { ImportProgress, ImportSource } from '../../../shared/contract/imports';
import { api, asContractError, useEvent, type ContractError } from '../../api';
import { useRoute } from '../../lib/route';

export interface Importing {
  readonly source: ImportSource;
  readonly progress: ImportProgress | null;
}

/** One import at a time: from a file or a sample to the draft that it becomes. */
export function useImport(providerUid: string | null) {
  const { go } = useRoute();
  const [running, setRunning] = useState<Importing | null>(null);
  const [error, setError] = useState<ContractError | null>(null);

  useEvent('imports.progressed', (progress) => {
    setRunning((now) => (now?.source.sourceId === progress.sourceId ? { ...now, progress } : now));
  });

  async function start(findSource: () => Promise<ImportSource>): Promise<void> {
    if (providerUid === null || running !== null) return;
    setError(null);
    try {
      const source = await findSource();
      setRunning({ source, progress: null });
      const summary = await api.call('imports.start', {
        sourceId: source.sourceId,
        providerUid,
        changeType: null,
        map: {},
      });
      go({ screen: 'prepare', draftId: summary.draftId });
    } catch (reason) {
      setError(asContractError(reason));
    } finally {
      setRunning(null);
    }
  }

  return {
    running,
    error,
    importFile: (file: File) => void start(() => api.sourceOf(file)),
    importSample: (which: 'clean' | 'damaged') => void start(() => api.call('imports.sample', { which })),
    cancel: () => {
      if (running !== null) void api.call('imports.cancel', { sourceId: running.source.sourceId });
    },
  };
}
