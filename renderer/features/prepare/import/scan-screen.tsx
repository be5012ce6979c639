import { Button } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { api, useAction, useSession } from '../../../api';
import { plural } from '../../../lib/numbers';
import { remember, remembered } from '../../../lib/remembered';
import { useRoute } from '../../../lib/route';
import { stampNow } from '../../../lib/time';
import { ErrorPanel } from '../../../ui/error-panel';
import { Screen } from '../../../ui/screen';
import { findLineHolder } from './line-holder';
import { useProviderChoice } from './provider-choice';
import { ProviderSelect } from './provider-select';
import { ScanPanel } from './scan-panel';
import { MODE_RULES, SCAN_MODES, pairsOf, type ScanField, type ScannedPair } from './scan.rules';
import { useScanning } from './use-scanning';

/** The contract takes so many rows at a time. */
const ROWS_AT_ONCE = 5_000;
const back = { screen: 'prepare', draftId: null } as const;

/** Pairs from a barcode scanner, which types like a keyboard. */
export function ScanScreen() {
  const { go } = useRoute();
  const { provider } = useProviderChoice();
  return (
    <Screen
      title="Scan barcodes"
      about="Each scan is checked at once by its form, its check digit and the local copy of the lines."
      back={{ label: 'All ways in', go: () => go(back) }}
    >
      {provider === null ? (
        <p>There is no service provider that you may see.</p>
      ) : (
        <ScanFor key={provider.uid} providerUid={provider.uid} providerName={provider.name} />
      )}
    </Screen>
  );
}

function ScanFor({ providerUid, providerName }: { readonly providerUid: string; readonly providerName: string }) {
  const { session } = useSession();
  const { go } = useRoute();
  const [muted, setMuted] = useMuted();
  const { busy, error, run } = useAction();
  const scanning = useScanning({
    memory: `scan.${session?.userName}.${providerUid}`,
    mode: 'cards',
    muted,
    nobody: `No line of ${providerName} has this one.`,
    findHolder: (field, value) => findLineHolder(field, value, providerName),
  });
  const { whole } = pairsOf(scanning.state);
  const { changeType, words } = MODE_RULES[scanning.state.mode];
  const makeDraft = async (): Promise<void> => {
    const rows = whole.slice(0, ROWS_AT_ONCE).map(cellsOf);
    const name = `Scanned ${stampNow()}, ${words}`;
    const { draft } = await api.call('drafts.addRows', { into: { name, providerUid, changeType }, rows });
    scanning.finish(rows.length);
    go({ screen: 'prepare', draftId: draft.id });
  };
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} />}
      <ScanPanel
        scanning={scanning}
        modes={SCAN_MODES}
        muted={muted}
        onMute={setMuted}
        before={<ProviderSelect />}
        actions={
          <Button size="xs" loading={busy} disabled={whole.length === 0} onClick={() => run(makeDraft)}>
            {whole.length === 0 ? 'Make a draft' : `Make a draft of ${plural(whole.length, 'pair')}`}
          </Button>
        }
      />
    </>
  );
}

export function cellsOf(pair: ScannedPair): Partial<Record<ScanField, string>> {
  return Object.fromEntries(Object.values(pair).map(({ field, value }) => [field, value]));
}

/** Kept on this desktop. */
export function useMuted(): readonly [muted: boolean, setMuted: (muted: boolean) => void] {
  const [muted, setMuted] = useState(() => remembered('scan.muted', z.boolean()) ?? false);
  return [
    muted,
    (chosen) => {
      remember('scan.muted', chosen);
      setMuted(chosen);
    },
  ];
}
