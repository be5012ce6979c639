import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ErrorStory } from '../../shared/domain/fault';
import { CopyButton } from './copy-button';
import classes from './error-panel.module.css';

interface ErrorPanelProps {
  readonly error: { readonly story: ErrorStory; readonly correlationId: string };
  readonly onRetry?: (() => void) | undefined;
  /** Offered where the panel lies over other things. */
  readonly onClose?: (() => void) | undefined;
}

/** What happened, to what, why, and what to do, with the code and number that support asks for. */
export function ErrorPanel({ error, onRetry, onClose }: ErrorPanelProps) {
  const { story, correlationId } = error;
  const number = correlationId === '' ? story.code : `${story.code} · ${correlationId}`;
  const lines = [story.what, story.where, story.why, story.todo, number];
  return (
    <div role="alert" className={classes.panel}>
      <span className={classes.sign} aria-hidden="true">
        ✕
      </span>
      <div className={classes.story}>
        <p className={classes.what}>
          {story.what}
          {story.where === undefined ? null : <span className={classes.where}>{story.where}</span>}
        </p>
        {story.why === undefined ? null : <p>Why: {story.why}.</p>}
        {story.todo === undefined ? null : <p>{story.todo}</p>}
        <div className={classes.actions}>
          {onRetry === undefined ? null : (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden="true" />}
              onClick={onRetry}
            >
              Try again
            </Button>
          )}
          <CopyButton label="Copy for support" text={lines.filter(Boolean).join('\n')} />
          {onClose === undefined ? null : (
            <Button size="compact-sm" variant="default" onClick={onClose}>
              Close
            </Button>
          )}
          <span className={classes.code}>{number}</span>
        </div>
      </div>
    </div>
  );
}
