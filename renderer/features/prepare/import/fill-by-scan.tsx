import { Button } from '@mantine/core';
import type { Draft, DraftRow } from '../../../../shared/contract/drafts';
import type { ChangeType } from '../../../../shared/domain/change';
import { api, useAction, useSession } from '../../../api';
import { plural } from '../../../lib/numbers';
import { ErrorPanel } from '../../../ui/error-panel';
import { findLineHolder } from './line-holder';
import { cellsOf, useMuted } from './scan-screen';
import { ScanPanel } from './scan-panel';
import {
  SCAN_MODES,
  MODE_RULES,
  isOld,
  kindOf,
  pairsOf,
  type Holder,
  type ScanField,
  type ScanMode,
  type ScannedPair,
} from './scan.rules';
import { useScanning } from './use-scanning';

interface FillProps {
  readonly draft: Draft;
  readonly rows: readonly DraftRow[];
  onDone(): void;
}

/** Old and new are scanned one after the other; the old one finds its row. */
export function FillByScan({ draft, rows, onDone }: FillProps) {
  const { session } = useSession();
  const { busy, error, run } = useAction();
  const [muted, setMuted] = useMuted();
  const modes = modesFor(draft.changeType);
  const scanning = useScanning({
    memory: `scan.${session?.userName}.${draft.uid}`,
    mode: modes[0] ?? 'cards',
    muted,
    nobody: 'No row of the draft is for this one.',
    findHolder: (field, value) =>
      isOld(field) ? Promise.resolve(rowHolder(rows, field, value)) : findLineHolder(field, value, draft.providerName),
  });
  const { whole } = pairsOf(scanning.state);
  const fillIn = async (): Promise<void> => {
    await api.call('drafts.fillIn', { draftId: draft.id, rows: whole.map(filledRow) });
    scanning.finish(whole.length);
    onDone();
  };
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} />}
      <ScanPanel
        scanning={scanning}
        modes={modes}
        muted={muted}
        onMute={setMuted}
        actions={
          <Button size="xs" loading={busy} disabled={whole.length === 0} onClick={() => run(fillIn)}>
            {whole.length === 0 ? 'Fill in' : `Fill in ${plural(whole.length, 'row')}`}
          </Button>
        }
      />
    </>
  );
}

function modesFor(changeType: ChangeType): readonly ScanMode[] {
  return SCAN_MODES.filter((mode) => MODE_RULES[mode].changeType === changeType);
}

function rowHolder(rows: readonly DraftRow[], field: ScanField, value: string): Holder | null {
  const row = rows.find((one) => one.old[kindOf(field)] === value);
  if (row === undefined) return null;
  const words = [`row ${row.row}`, row.mdn, row.customer].filter((part) => part !== null).join(', ');
  return { id: row.row, words, unfit: null, gone: false };
}

/** The old number has told the row; only the new ones are typed into it. */
function filledRow(pair: ScannedPair): { row: number; cells: Partial<Record<ScanField, string>> } {
  const row = Object.values(pair).find(({ holder }) => holder !== null)?.holder?.id ?? 0;
  const { newIccid, newImei } = cellsOf(pair);
  return {
    row,
    cells: { ...(newIccid === undefined ? {} : { newIccid }), ...(newImei === undefined ? {} : { newImei }) },
  };
}
