import type { AuditEntry } from '../../../shared/domain/audit';
import { exact } from '../../lib/time';
import { CopyButton } from '../../ui/copy-button';
import { Fact, Facts } from '../../ui/screen';
import classes from './audit-screen.module.css';
import { STREAM_WORDS } from './stream-words';

/** One entry, everything that was written down. */
export function EntryFacts({ entry }: { readonly entry: AuditEntry }) {
  return (
    <>
      <Facts>
        <Fact label="Time">
          {exact(entry.at)}
          <div className={classes.small}>{entry.at}</div>
        </Fact>
        <Fact label="Who">{entry.actor}</Fact>
        <Fact label="Kind">{STREAM_WORDS[entry.stream]}</Fact>
        {entry.row === null ? null : <Fact label="Row">{entry.row}</Fact>}
        {entry.deviceId === null ? null : <Fact label="Line">{entry.deviceId}</Fact>}
        {entry.change === null ? null : (
          <Fact label="Change">
            <span className={classes.mono}>{entry.change}</span>
          </Fact>
        )}
        {entry.correlationId === null ? null : (
          <Fact label="Correlation id">
            <span className={classes.mono}>{entry.correlationId}</span>
          </Fact>
        )}
        <Fact label="Details">
          <pre className={classes.json}>{JSON.stringify(entry.details, null, 2)}</pre>
        </Fact>
        <Fact label={`Entry ${entry.seq} of the chain`}>
          <span className={classes.mono}>{entry.chain}</span>
        </Fact>
        <Fact label="Hash">
          <span className={classes.mono}>{entry.hash}</span>
        </Fact>
        <Fact label="Hash of the entry before">
          <span className={classes.mono}>{entry.prevHash}</span>
        </Fact>
      </Facts>
      <div className={classes.copy}>
        <CopyButton label="Copy the entry" text={JSON.stringify(entry, null, 2)} />
      </div>
    </>
  );
}
