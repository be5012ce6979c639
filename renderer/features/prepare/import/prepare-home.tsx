import { useEffect, useRef } from 'react';
import { LONGEST_PASTE, type ImportSource } from '../../../../shared/contract/imports';
import { api, ContractError, useImport } from '../../../api';
import { digits } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { ErrorPanel } from '../../../ui/error-panel';
import { ImportProgress } from '../../../ui/import-progress';
import { Loading, Screen } from '../../../ui/screen';
import { useFileDrop } from '../../../ui/use-file-drop';
import { usePaste } from '../../../ui/use-paste';
import { SharedDrafts } from '../draft/shared-drafts';
import { Drafts } from '../draft-list';
import { MappingScreen } from './mapping-screen';
import { PasteBox } from './paste-box';
import { useProviderChoice } from './provider-choice';
import { WaysIn } from './ways-in';

interface PrepareHomeProps {
  readonly training: boolean;
  /** To be imported as soon as the screen is there. */
  readonly sample: 'clean' | 'damaged' | null;
  /** The box for pasting is open. */
  readonly paste: boolean;
}

const ABOUT =
  'Bring in a list of swaps, see what is wrong with it, send what is right. Nothing leaves this desktop before you send it.';

/** The ways in, and below them the drafts that are there; once a list needs a look, the columns of that list. */
export function PrepareHome({ training, sample, paste }: PrepareHomeProps) {
  const { go } = useRoute();
  const { provider } = useProviderChoice();
  const flow = useImport(provider?.uid ?? null, (draftId) => go({ screen: 'prepare', draftId }));
  const importFile = (file: File): void => flow.begin(() => api.sourceOf(file));
  const importText = (text: string): void => flow.begin(() => pasteText(text));
  const over = useFileDrop(importFile);
  usePaste(importText, importFile);
  useSample(sample, (which) => flow.begin(() => api.call('imports.sample', { which }), 'never'));

  const { step } = flow;
  if (step.kind === 'mapping') return <MappingScreen step={step} flow={flow} provider={provider} />;
  return (
    <Screen
      title={paste ? 'Paste a list' : 'Prepare'}
      about={paste ? undefined : ABOUT}
      {...(paste ? { back: { label: 'All ways in', go: () => go({ screen: 'prepare', draftId: null }) } } : {})}
    >
      {step.kind === 'running' ? (
        <ImportProgress
          {...step.source}
          reading={step.preview}
          progress={step.progress}
          stopping={step.stopping}
          onStop={flow.cancel}
        />
      ) : step.kind === 'looking' ? (
        <Loading what={step.source.name} />
      ) : paste ? (
        <PasteBox onText={importText} />
      ) : (
        <WaysIn training={training} over={over} flow={flow} />
      )}
      {flow.error === null ? null : <ErrorPanel error={flow.error} />}
      {paste ? null : (
        <>
          <Drafts />
          <SharedDrafts />
        </>
      )}
    </Screen>
  );
}

function pasteText(text: string): Promise<ImportSource> {
  if (text.length <= LONGEST_PASTE) return api.call('imports.paste', { text });
  return Promise.reject(
    new ContractError({
      code: 'paste-too-long',
      what: 'So much text can’t be pasted',
      where: 'clipboard',
      why: `it has ${digits(text.length)} characters, and at most ${digits(LONGEST_PASTE)} may come at once`,
      todo: 'Save it as a file and choose that.',
      correlationId: '',
    }),
  );
}

/** Once, when the screen opens. */
function useSample(sample: 'clean' | 'damaged' | null, begin: (which: 'clean' | 'damaged') => void): void {
  const current = useRef(begin);
  const isDone = useRef(false);
  useEffect(() => {
    if (sample === null || isDone.current) return;
    isDone.current = true;
    current.current(sample);
  }, [sample]);
}
