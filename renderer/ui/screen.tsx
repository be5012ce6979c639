import { Loader, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './screen.module.css';

interface ScreenProps {
  readonly title: ReactNode;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Heading, its actions, and the work under it. */
export function Screen({ title, about, actions, children }: ScreenProps) {
  return (
    <main className={classes.screen}>
      <header className={classes.header}>
        <div className={classes.titles}>
          <Title order={1} className={classes.title}>
            {title}
          </Title>
          {about === undefined ? null : (
            <Text size="sm" c="dimmed" component="div">
              {about}
            </Text>
          )}
        </div>
        <div className={classes.actions}>{actions}</div>
      </header>
      {children}
    </main>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={classes.centre} role="status">
      <Loader size="sm" />
      <Text size="sm" c="dimmed">
        Loading {what} …
      </Text>
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing here yet: what it would be, and the step that leads to it. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={classes.centre}>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={460} ta="center" component="div">
        {children}
      </Text>
      {action}
    </div>
  );
}

/** A side panel with the selected row's story; Escape closes it. */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <aside
      className={classes.side}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className={classes.sideHead}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <button type="button" className={classes.close} aria-label="Close details" onClick={onClose}>
          ✕
        </button>
      </div>
      <div className={classes.sideBody} tabIndex={0} role="region" aria-label={`${title}: details`}>
        {children}
      </div>
    </aside>
  );
}

/** The work, with the side panel beside it when a row is open. */
export function Split({ children }: { readonly children: ReactNode }) {
  return <div className={classes.split}>{children}</div>;
}

/** Label and value, one below the other, for details. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}
