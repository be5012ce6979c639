import { Button, Checkbox, Group, NativeSelect } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { plural } from '../../../lib/numbers';
import { ErrorPanel } from '../../../ui/error-panel';
import card from './card.module.css';
import classes from './scan-panel.module.css';
import { ScanTable } from './scan-table';
import { MODE_RULES, nextWords, pairsOf, type Outcome, type ScanMode } from './scan.rules';
import type { Scanning } from './use-scanning';

interface ScanPanelProps {
  readonly scanning: Scanning;
  readonly modes: readonly ScanMode[];
  readonly muted: boolean;
  onMute(muted: boolean): void;
  /** What becomes of the whole pairs, as a button or two. */
  readonly actions: ReactNode;
  /** Beside the kind of pair. */
  readonly before?: ReactNode;
}

/** A big field that the scanner types into, the outcome of the last scan, and the pairs so far. */
export function ScanPanel({ scanning, modes, muted, onMute, actions, before }: ScanPanelProps) {
  const { state, error } = scanning;
  const { whole, half } = pairsOf(state);
  return (
    <div className={classes.panel}>
      <div className={classes.settings}>
        {before}
        <ModeChoice scanning={scanning} modes={modes} />
        <Checkbox label="Sound" checked={!muted} onChange={(event) => onMute(!event.currentTarget.checked)} />
      </div>
      {error === null ? null : <ErrorPanel error={error} />}
      <ScanField scanning={scanning} />
      <OutcomeBand outcome={scanning.outcome} />
      <section aria-label="Pairs" className={card.card}>
        <Group justify="space-between" gap="xs">
          <h2 className={card.title}>
            {plural(whole.length, 'whole pair')}
            {Object.keys(half).length > 0 ? ', and one that has begun' : ''}
          </h2>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArrowBackUp size={15} aria-hidden="true" />}
              disabled={state.scans.length === 0}
              onClick={scanning.undo}
            >
              Undo the last scan
            </Button>
            {actions}
          </Group>
        </Group>
        <ScanTable state={state} onRemove={scanning.removePair} />
      </section>
    </div>
  );
}

/** One kind of pair at a time: the kind stands fast while there are scans. */
function ModeChoice({ scanning, modes }: Pick<ScanPanelProps, 'scanning' | 'modes'>) {
  const { mode, scans } = scanning.state;
  if (scans.length > 0) {
    return (
      <div className={classes.fixed}>
        <span className={classes.label}>What is scanned</span>
        <span>{MODE_RULES[mode].words}</span>
      </div>
    );
  }
  return (
    <NativeSelect
      label="What is scanned"
      w={280}
      value={mode}
      data={modes.map((one) => ({ value: one, label: MODE_RULES[one].words }))}
      onChange={(event) => {
        const chosen = modes.find((one) => one === event.currentTarget.value);
        if (chosen !== undefined) scanning.setMode(chosen);
      }}
    />
  );
}

/** Whatever has the keyboard, a number that is typed or scanned goes here. */
function ScanField({ scanning }: { readonly scanning: Scanning }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    const catchKeys = (event: KeyboardEvent): void => {
      const isPlain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const isElsewhere = target?.closest('input:not([type="checkbox"]), textarea, select, [role="dialog"]') === null;
      // Space presses the button or box that has the keyboard.
      if (isPlain && event.key !== ' ' && isElsewhere) field.current?.focus();
    };
    document.addEventListener('keydown', catchKeys);
    return () => document.removeEventListener('keydown', catchKeys);
  }, []);
  const take = (): void => {
    scanning.scan(text);
    setText('');
  };
  return (
    <label className={classes.field}>
      <span className={classes.expected}>Scan the {nextWords(scanning.state)}</span>
      <input
        ref={field}
        className={classes.input}
        value={text}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'z' && (event.ctrlKey || event.metaKey) && text === '') {
            event.preventDefault();
            scanning.undo();
          }
          // Scanners end a number with Enter or with Tab.
          if (event.key !== 'Enter' && (event.key !== 'Tab' || text === '' || event.shiftKey)) return;
          event.preventDefault();
          take();
        }}
      />
    </label>
  );
}

const OUTCOME_WORDS: Readonly<Record<Outcome['kind'], readonly [sign: string, word: string]>> = {
  accepted: ['✓', 'Accepted'],
  doubtful: ['!', 'Accepted, with a doubt'],
  repeat: ['↻', 'Again'],
  order: ['⇄', 'Wrong order'],
  refused: ['✕', 'Refused'],
};

function OutcomeBand({ outcome }: { readonly outcome: Outcome | null }) {
  const [sign, word] = outcome === null ? ['·', 'Ready'] : OUTCOME_WORDS[outcome.kind];
  return (
    <div role="status" aria-live="assertive" className={classes.band} data-kind={outcome?.kind ?? 'ready'}>
      <strong className={classes.word}>
        <span aria-hidden="true">{sign} </span>
        {word}
      </strong>
      <span>{outcome?.words ?? 'The scanner types the number and presses Enter; the keyboard does as well.'}</span>
    </div>
  );
}
