import { Text } from '@mantine/core';
import type { BulkChange, DeviceChangeRow } from '../../../shared/contract/changes';
import { UNKNOWN_CODE_STEP, ruleFor } from '../../../shared/domain/carrier-code';
import { may, useCall, useSession } from '../../api';
import { ROW_WORDS } from '../../lib/status-words';
import { exact } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { CopyButton } from '../../ui/copy-button';
import { ErrorPanel } from '../../ui/error-panel';
import { Identifier } from '../../ui/identifier';
import { Fact, Facts } from '../../ui/screen';
import classes from './row-story.module.css';

const PROOF_WORDS = {
  callback: 'callback of the carrier',
  read_back: 'line read back',
  answer: 'answer of the carrier',
  person: 'decided by a person',
  none: 'none',
} as const;

/** What happened to one row, the proof, and what to do. */
export function RowStory({ row, change }: { readonly row: DeviceChangeRow; readonly change: BulkChange }) {
  const { tone, word } = ROW_WORDS[row.status];
  return (
    <>
      <Badge tone={tone}>{word}</Badge>
      {row.disposition === null ? null : (
        <Text size="sm" mt={6}>
          {row.disposition.detail}
        </Text>
      )}
      {row.error === null ? null : (
        <div className={classes.fault}>
          <Text size="sm" fw={600}>
            {row.error.message}
          </Text>
          <Text size="sm" mt={4}>
            {ruleFor(row.error.code)?.nextStep ?? UNKNOWN_CODE_STEP}
          </Text>
          <p className={classes.code}>
            {row.error.class} · {row.error.code}
            <br />
            {row.error.correlationId}
          </p>
          <CopyButton
            label="Copy for support"
            text={[
              `change ${change.id}, row ${row.row}: ${row.error.message}`,
              `${row.error.class} ${row.error.code}`,
              `correlation id ${row.error.correlationId}`,
              `request id ${row.requestId ?? 'none'}`,
            ].join('\n')}
          />
        </div>
      )}
      <div className={classes.line} />
      <Facts>
        <Fact label="MDN">
          <Identifier value={row.mdn} />
        </Fact>
        {(['iccid', 'imei'] as const).map((kind) =>
          row.new[kind] === undefined ? null : (
            <Fact key={kind} label={kind.toUpperCase()}>
              <div>
                old <Identifier value={row.old[kind]} />
              </div>
              <div>
                new <Identifier value={row.new[kind]} comparedWith={row.old[kind]} />
              </div>
            </Fact>
          ),
        )}
        <Fact label="Attempts">{row.attempts === 0 ? 'none yet' : row.attempts}</Fact>
        <Fact label="Request id of the carrier">
          {row.requestId === null ? 'none' : <span className={classes.id}>{row.requestId}</span>}
        </Fact>
        {row.disposition === null ? null : (
          <Fact label="Proof">
            {PROOF_WORDS[row.disposition.proof]} · {row.disposition.by} · {exact(row.disposition.at)}
          </Fact>
        )}
      </Facts>
      {/* When the row moves its trail has grown. */}
      <Trail key={`${row.uid} ${row.status} ${row.attempts}`} row={row} change={change} />
    </>
  );
}

function Trail({ row, change }: { readonly row: DeviceChangeRow; readonly change: BulkChange }) {
  const { session } = useSession();
  const reads = may(session, 'audit.read');
  const { value, error, reload } = useCall(
    'audit.search',
    reads ? { text: row.uid, change: change.uid, stream: null, limit: 50, offset: 0 } : undefined,
  );
  if (error !== null) return <ErrorPanel error={error} onRetry={reload} />;
  if (value === null || value.entries.length === 0) return null;
  return (
    <>
      <div className={classes.line} />
      <h3 className={classes.heading}>Trail</h3>
      <ol className={classes.trail}>
        {[...value.entries].reverse().map((entry) => (
          <li key={`${entry.chain}-${entry.seq}`}>
            <span className={classes.time}>{exact(entry.at)}</span>
            {entry.action} <span className={classes.by}>{entry.actor}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
