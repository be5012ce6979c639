import { Button, Group, Menu } from '@mantine/core';
import { IconFileDownload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { SavedReport } from '../../../shared/contract/reports';
import { api, useAction } from '../../api';
import { plural } from '../../lib/numbers';
import { ErrorPanel } from '../../ui/error-panel';
import classes from './save-report.module.css';

/** Saves the audit report, and says where it lies. */
export function SaveReport({ changeId }: { readonly changeId: number }) {
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const { busy, error, run, clear } = useAction();
  const save = (format: 'pdf' | 'csv' | 'json'): void => {
    setSaved(null);
    run(async () => setSaved(await api.call('reports.save', { changeId, format })));
  };
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    button.current?.focus();
    setSaved(null);
    clear();
  };
  return (
    <div
      className={classes.report}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && (saved !== null || error !== null)) close();
      }}
    >
      <Menu position="bottom-end">
        <Menu.Target>
          <Button ref={button} leftSection={<IconFileDownload size={16} aria-hidden="true" />} loading={busy}>
            Save report
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('pdf')}>PDF, for people</Menu.Item>
          <Menu.Item onClick={() => save('csv')}>CSV, for spreadsheets</Menu.Item>
          <Menu.Item onClick={() => save('json')}>JSON, for programs</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {error === null && saved === null ? null : (
        <div className={classes.result}>
          {error === null ? null : <ErrorPanel error={error} onClose={close} />}
          {saved === null ? null : <Saved report={saved} run={run} onClose={close} />}
        </div>
      )}
    </div>
  );
}

interface SavedProps {
  readonly report: SavedReport;
  run(work: () => Promise<void>): void;
  onClose(): void;
}

function Saved({ report, run, onClose }: SavedProps) {
  const show = async (): Promise<void> => {
    await api.call('app.showSavedFile', { savedId: report.savedId });
  };
  return (
    <div className={classes.saved} role="status" aria-label="Report saved">
      <p className={classes.title}>✓ Report saved</p>
      <p className={classes.place}>{report.place}</p>
      <p className={classes.sum}>
        {plural(report.rows, 'row')} · SHA-256 <span className={classes.hash}>{report.sha256}</span>
      </p>
      <Group gap="xs" mt={8}>
        <Button size="compact-sm" variant="default" onClick={() => run(show)}>
          Show in folder
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </div>
  );
}
