import { Button, Progress } from '@mantine/core';
import { fileSize, plural } from '../lib/numbers';
import { readingWords } from '../lib/reading-words';
import classes from './import-progress.module.css';

interface ImportProgressProps {
  readonly name: string;
  readonly sizeBytes: number;
  /** How it is read; absent: nobody has looked. */
  readonly reading?: Parameters<typeof readingWords>[0];
  /** Null until main has begun to read. */
  readonly progress: { readonly bytesRead: number; readonly bytesTotal: number; readonly rows: number } | null;
  readonly stopping: boolean;
  onStop(): void;
}

/** How far a file is read, and the way to stop. */
export function ImportProgress({ name, sizeBytes, reading, progress, stopping, onStop }: ImportProgressProps) {
  const share = progress === null || progress.bytesTotal === 0 ? 0 : progress.bytesRead / progress.bytesTotal;
  return (
    <div className={classes.progress}>
      <p className={classes.name}>
        Reading {name} <span className={classes.size}>{fileSize(sizeBytes)}</span>
      </p>
      {reading === undefined ? null : <p className={classes.how}>{readingWords(reading)}</p>}
      <Progress value={share * 100} aria-label="Read so far" transitionDuration={100} />
      <div className={classes.below}>
        <span role="status">
          {stopping ? 'stopping …' : progress === null ? 'starting …' : `${plural(progress.rows, 'row')} read`}
        </span>
        <Button size="compact-sm" variant="default" onClick={onStop} disabled={stopping}>
          Stop
        </Button>
      </div>
    </div>
  );
}
