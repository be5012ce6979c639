import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { asContractError } from '../api';
import { ErrorPanel } from '../ui/error-panel';
import classes from './app.module.css';

interface CrashGuardProps {
  readonly children: ReactNode;
}

/**
 * A defect of one screen takes that screen and nothing else: the person reads what happened, and the navigation still
 * works. Without it React empties the whole page.
 */
export class CrashGuard extends Component<CrashGuardProps, { readonly reason: unknown; readonly crashed: boolean }> {
  override state = { reason: undefined, crashed: false };

  static getDerivedStateFromError(reason: unknown) {
    return { reason, crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <main className={classes.middle}>
        <ErrorPanel error={asContractError(this.state.reason)} />
        <Button mt="md" onClick={() => window.location.reload()}>
          Reload the window
        </Button>
      </main>
    );
  }
}
