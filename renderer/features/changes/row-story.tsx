import { Text } from '@mantine/core';
import type { BulkChange, DeviceChangeRow } from '../../../shared/contract/changes';
import { UNKNOWN_CODE_STEP, ruleFor } from '../../../shared/domain/carrier-code';
import { may, useCall, useSession } from '../../api';
import { ROW_WORDS } from '../../lib/status-words';
import { exact } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { Identifier } from '../../ui/identifier';
import { Fact, Facts } from '../../ui/screen';
import classes from './row-story.module.css';

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
          <Text size="xs" c="dimmed" mt={4}>
            {row.error.class} · <span className={classes.code}>{row.error.code}</span>
            <br />
            <span className={classes.code}>{row.error.correlationId}</span>
          </Text>
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
          <span className={classes.code}>{row.requestId ?? 'none'}</span>
        </Fact>
        {row.disposition === null ? null : (
          <Fact label="Proof">
            {row.disposition.proof.replace('_', '-')} · {row.disposition.by} · {exact(row.disposition.at)}
          </Fact>
        )}
      </Facts>
      <Trail row={row} change={change} />
    </>
  );
}

function Trail({ row, change }: { readonly row: DeviceChangeRow; readonly change: BulkChange }) {
  const { session } = useSession();
  const reads = may(session, 'audit.read');
  const { value } = useCall(
    'audit.search',
    reads ? { text: row.uid, change: change.uid, stream: null, limit: 50, offset: 0 } : undefined,
  );
  if (value === null || value.entries.length === 0) return null;
  return (
    <>
      <div className={classes.line} />
      <Text size="sm" fw={600} mb={6}>
        Trail
      </Text>
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
