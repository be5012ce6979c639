import { Button } from '@mantine/core';
import type { AuditVerdict } from '../../../shared/contract/audit';
import { plural } from '../../lib/numbers';
import classes from './audit-screen.module.css';

const PROBLEM_WORDS = {
  changed: 'an entry was changed after it was written',
  missing: 'an entry is missing',
  reordered: 'entries stand in another order',
  cut: 'the end of the chain was cut off',
  unreadable: 'an entry can’t be read',
} as const;

/** Whether the trail is as it was written, and where it is not. */
export function ChainStatus({ verdict, onClose }: { readonly verdict: AuditVerdict; readonly onClose: () => void }) {
  return (
    <div className={classes.verdict} data-ok={verdict.ok || undefined}>
      <span aria-hidden="true" className={classes.sign}>
        {verdict.ok ? '✓' : '✕'}
      </span>
      <div className={classes.finding}>
        {verdict.ok ? (
          <strong>
            Unbroken: {plural(verdict.entries, 'entry', 'entries')} in {plural(verdict.chains, 'chain')} are as they
            were written.
          </strong>
        ) : (
          <>
            <strong>
              Broken at entry {verdict.seq}: {PROBLEM_WORDS[verdict.problem]}.
            </strong>
            <p>{verdict.detail}</p>
            <p className={classes.chain}>
              {verdict.chain} · {plural(verdict.entries, 'entry', 'entries')} were read
            </p>
            <p>Tell an administrator: the database file of this desktop was altered outside Swapdesk.</p>
          </>
        )}
      </div>
      <Button size="compact-sm" variant="default" onClick={onClose}>
        Close
      </Button>
    </div>
  );
}
