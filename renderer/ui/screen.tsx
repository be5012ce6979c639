import { Loader, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import classes from './screen.module.css';

interface ScreenProps {
  readonly title: ReactNode;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  /** The list that this came from. */
  readonly back?: { readonly label: string; readonly go: () => void };
  readonly children: ReactNode;
}

/** Heading, its actions, and the work under it. */
export function Screen({ title, about, actions, back, children }: ScreenProps) {
  const main = useRef<HTMLElement>(null);
  // What was pressed to come here may be gone: the keyboard goes on from the new screen, not from the top of the page.
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus();
  }, []);
  return (
    <main ref={main} tabIndex={-1} className={classes.screen}>
      <header className={classes.header}>
        {back === undefined ? null : (
          <button type="button" className={classes.back} aria-label={back.label} title={back.label} onClick={back.go}>
            <IconArrowLeft size={18} aria-hidden="true" />
          </button>
        )}
        <div className={classes.titles}>
          <Title order={1} className={classes.title}>
            {title}
          </Title>
          {about === undefined ? null : <div className={classes.about}>{about}</div>}
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
      <div className={classes.advice}>{children}</div>
      {action}
    </div>
  );
}

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A side panel with the selected row's story. Escape closes it, and the keyboard is back in the grid beside it. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  // Beside the grid it is in sight already; below it, in a narrow window, it may not be.
  useEffect(() => {
    // Newer browsers return a promise here, which must not be taken for the effect's way back.
    void panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const close = (): void => {
    panel.current?.parentElement?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    onClose();
  };
  return (
    <aside
      ref={panel}
      className={classes.side}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <div className={classes.sideHead}>
        <h2 className={classes.sideTitle}>{title}</h2>
        <button type="button" className={classes.close} aria-label="Close details" onClick={close}>
          ✕
        </button>
      </div>
      <div className={classes.sideBody} tabIndex={0} role="region" aria-label={`${title}: details`}>
        {children}
      </div>
    </aside>
  );
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

/** @param beside values stand beside their labels, where there is room */
export function Facts({ beside, children }: { readonly beside?: true; readonly children: ReactNode }) {
  return (
    <dl className={classes.facts} data-beside={beside}>
      {children}
    </dl>
  );
}
