import { Button, Tooltip } from '@mantine/core';
import { IconArrowsSort, IconCheck, IconTool, IconTopologyRing2 } from '@tabler/icons-react';
import { useRef, useState, type ReactNode, type RefObject } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { FIXABLE_FINDINGS, type FixableFinding } from '../../../../shared/domain/fixable';
import { mayOverride } from '../../../../shared/domain/override';
import { useCall, useSession } from '../../../api';
import { digits, plural } from '../../../lib/numbers';
import classes from './finding-ways.module.css';
import { shortWords } from './finding-words';
import { EVERY_ROW } from './places';
import { OrderDialog } from './order-dialog';
import { ReasonDialog } from './reason-dialog';
import { ShiftDialog } from './shift-dialog';
import type { DraftWork } from './use-draft-work';

interface FindingWaysProps {
  readonly work: DraftWork;
  /** The finding that the rows are narrowed to. */
  readonly chosen: string | null;
  /** Shows the rows with a finding, or those that name an identifier. */
  onOnly(code: string): void;
  onFind(text: string): void;
}

/** What can be done about findings in many rows at once. */
export function FindingWays({ work, chosen, onOnly, onFind }: FindingWaysProps) {
  const { draft } = work;
  const rowsWith = (code: string): number => draft.findings[code] ?? 0;
  const fixable = FIXABLE_FINDINGS.filter((code) => rowsWith(code) > 0);
  const waiting = rowsWith('chain') + rowsWith('chain-open') + rowsWith('cycle');
  const shifted = rowsWith('pairs-shifted');
  if (draft.sharing || (fixable.length === 0 && waiting === 0 && shifted === 0 && chosen === null)) return null;
  return (
    <div className={classes.ways} role="group" aria-label="What to do about findings">
      {fixable.map((code) => (
        <Fix key={code} code={code} draft={draft} work={work} />
      ))}
      {shifted > 0 ? <Shift rows={shifted} work={work} onOnly={onOnly} /> : null}
      {waiting > 0 ? <Order draft={draft} rows={waiting} onFind={onFind} /> : null}
      {chosen === null ? null : <Accept code={chosen} rows={rowsWith(chosen)} work={work} />}
    </div>
  );
}

interface FixProps {
  readonly code: FixableFinding;
  readonly draft: Draft;
  readonly work: DraftWork;
}

/** A fix with its size before and after; it can be taken back, so it asks nothing. */
function Fix({ code, draft, work }: FixProps) {
  const preview = useCall('drafts.fixAll', { draftId: draft.id, code, preview: true });
  const before = draft.findings[code] ?? 0;
  const { value } = preview;
  // Another act may have changed the rows since: the old preview says nothing of them.
  const isOld = value !== null && value.before.withFinding !== before;
  if (isOld && !preview.loading) preview.reload();
  if (value === null || isOld || value.fixable === 0) return null;
  const left = value.left === 0 ? 'none left' : `${digits(value.left)} left for you to judge`;
  return (
    <Way
      icon={<IconTool size={14} aria-hidden="true" />}
      words={`${digits(before)} → ${left}. ${value.words}. It can be taken back.`}
      disabled={work.busy}
      onClick={() => work.fix(code)}
    >
      Fix in {plural(value.fixable, 'row')}: {shortWords(code)}
    </Way>
  );
}

interface WayProps {
  readonly icon: ReactNode;
  /** More about it, shown to whoever points at it or comes to it by keyboard. */
  readonly words: string;
  readonly disabled?: boolean;
  readonly button?: RefObject<HTMLButtonElement | null>;
  readonly children: ReactNode;
  onClick(): void;
}

function Way({ icon, words, disabled = false, button, children, onClick }: WayProps) {
  return (
    <Tooltip label={words} multiline w={300}>
      <Button
        {...(button === undefined ? {} : { ref: button })}
        size="compact-sm"
        variant="default"
        leftSection={icon}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

interface ShiftProps {
  readonly rows: number;
  readonly work: DraftWork;
  onOnly(code: string): void;
}

function Shift({ rows, work, onOnly }: ShiftProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Way
        button={button}
        icon={<IconArrowsSort size={14} aria-hidden="true" />}
        words={`The pairs of ${plural(rows, 'row')} are off by one: see the rows around, and the way out.`}
        onClick={() => setOpen(true)}
      >
        Show where {plural(rows, 'row')} slipped
      </Way>
      {open ? (
        <ShiftDialog
          work={work}
          opener={button}
          onShow={() => onOnly('pairs-shifted')}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}

interface OrderProps {
  readonly draft: Draft;
  readonly rows: number;
  onFind(text: string): void;
}

function Order({ draft, rows, onFind }: OrderProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const cycles = draft.findings['cycle'] ?? 0;
  return (
    <>
      <Way
        button={button}
        icon={<IconTopologyRing2 size={14} aria-hidden="true" />}
        words={`${plural(rows, 'row')} ${rows === 1 ? 'takes' : 'take'} what another line has now${cycles > 0 ? `; ${digits(cycles)} of them in a circle` : ''}.`}
        onClick={() => setOpen(true)}
      >
        {cycles > 0 ? 'Show the circles' : 'Show the order'} of {plural(rows, 'row')}
      </Way>
      {open ? <OrderDialog draft={draft} opener={button} onFind={onFind} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface AcceptProps {
  readonly code: string;
  readonly rows: number;
  readonly work: DraftWork;
}

function Accept({ code, rows, work }: AcceptProps) {
  const role = useSession(({ session }) => session?.role);
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const least = findingRule(code)?.overridable ?? null;
  if (least === null || rows === 0 || role === undefined) return null;
  if (!mayOverride(role, code)) {
    return (
      <span className={classes.way}>
        “{shortWords(code)}” can be accepted with a reason by the role {least}; yours is {role}.
      </span>
    );
  }
  return (
    <>
      <Way
        button={button}
        icon={<IconCheck size={14} aria-hidden="true" />}
        words="With one reason for all of them, kept with your name in the audit trail."
        onClick={() => setAsking(true)}
      >
        Accept in {plural(rows, 'row')} …
      </Way>
      {asking ? (
        <ReasonDialog
          code={code}
          rows={rows}
          opener={button}
          onAccept={(reason) =>
            work.override({ filter: { ...EVERY_ROW, finding: code, excluded: 'no' } }, code, reason)
          }
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
