import { Button, Menu } from '@mantine/core';
import { IconClipboardText, IconEye, IconFileDownload, IconForms, IconScan } from '@tabler/icons-react';
import { useState } from 'react';
import { changeTypeSchema, type ChangeType } from '../../../../shared/domain/change';
import type { SavedReport } from '../../../../shared/contract/reports';
import { api, useAction, type ImportFlow } from '../../../api';
import { TYPE_WORDS } from '../../../lib/field-words';
import { useRoute, type WayIn } from '../../../lib/route';
import { ErrorPanel } from '../../../ui/error-panel';
import { FileButton } from '../../../ui/file-button';
import { useProviderChoice } from './provider-choice';
import { ProviderSelect } from './provider-select';
import classes from './ways-in.module.css';

interface WaysInProps {
  readonly training: boolean;
  /** A file hovers over the window. */
  readonly over: boolean;
  readonly flow: ImportFlow;
}

/** Drop, choose, paste, type or scan. */
export function WaysIn({ training, over, flow }: WaysInProps) {
  const { go } = useRoute();
  const { provider } = useProviderChoice();
  if (provider === null) {
    return (
      <section aria-label="Import" className={classes.drop}>
        <p className={classes.hint}>
          There is no service provider that you may see. An administrator adds one, or gives you access to it.
        </p>
      </section>
    );
  }
  const open = (way: WayIn): void => go({ screen: 'prepare', draftId: null, way });
  return (
    <section aria-label="Import" className={classes.drop} data-over={over || undefined}>
      <p className={classes.invitation}>
        {over
          ? `Let go to check it against the lines of ${provider.name}`
          : 'Drop a CSV or a workbook anywhere on this window, or press Ctrl+V'}
      </p>
      <div className={classes.choices}>
        <ProviderSelect />
        <FileButton
          label="Choose a file"
          field="File to import"
          variant="filled"
          onFile={(file) => flow.begin(() => api.sourceOf(file))}
        />
        <LookFirst flow={flow} />
      </div>
      <div className={classes.ways}>
        <Way icon={IconClipboardText} label="Paste a list" onClick={() => open('paste')} />
        <Way icon={IconForms} label="Type a few lines" onClick={() => open('form')} />
        <Way icon={IconScan} label="Scan barcodes" onClick={() => open('scan')} />
        <Template />
      </div>
      {provider.hasCredentials ? null : (
        <p className={classes.hint}>
          Swapdesk has no credentials for {provider.name}: a list can be checked, but nothing is sent before an
          administrator stores them.
        </p>
      )}
      {training ? <Samples flow={flow} /> : null}
    </section>
  );
}

interface WayProps {
  readonly icon: typeof IconScan;
  readonly label: string;
  onClick(): void;
}

function Way({ icon: WayIcon, label, onClick }: WayProps) {
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<WayIcon size={15} stroke={1.7} aria-hidden="true" />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

/** For a list that needs no question, and whose reading the person wants to see or to change nevertheless. */
function LookFirst({ flow }: { readonly flow: ImportFlow }) {
  return (
    <FileButton
      icon={IconEye}
      label="Choose and look first"
      field="File to look at before it is imported"
      variant="default"
      onFile={(file) => flow.begin(() => api.sourceOf(file), 'always')}
    />
  );
}

function Samples({ flow }: { readonly flow: ImportFlow }) {
  const take = (which: 'clean' | 'damaged'): void => flow.begin(() => api.call('imports.sample', { which }), 'never');
  return (
    <div className={classes.samples}>
      Or take a sample:
      <Button size="compact-sm" variant="default" onClick={() => take('damaged')}>
        With the damage that lists really have
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => take('clean')}>
        Clean
      </Button>
    </div>
  );
}

/** An empty list with the right headings, for filling in elsewhere. */
function Template() {
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const { busy, error, run, clear } = useAction();
  const save = (changeType: ChangeType, format: 'csv' | 'xlsx'): void => {
    setSaved(null);
    run(async () => setSaved(await api.call('imports.template', { changeType, format })));
  };
  const show = async ({ savedId }: SavedReport): Promise<void> => {
    await api.call('app.showSavedFile', { savedId });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            loading={busy}
            leftSection={<IconFileDownload size={15} stroke={1.7} aria-hidden="true" />}
          >
            Save a template
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {changeTypeSchema.options.map((changeType) => (
            <div key={changeType}>
              <Menu.Label>{TYPE_WORDS[changeType]}</Menu.Label>
              <Menu.Item onClick={() => save(changeType, 'xlsx')}>Excel workbook, cells as text</Menu.Item>
              <Menu.Item onClick={() => save(changeType, 'csv')}>CSV</Menu.Item>
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
      {error === null ? null : <ErrorPanel error={error} onClose={clear} />}
      {saved === null ? null : (
        <p className={classes.saved} role="status">
          ✓ Template saved: {saved.place}
          <Button size="compact-sm" variant="default" onClick={() => run(() => show(saved))}>
            Show in folder
          </Button>
        </p>
      )}
    </>
  );
}
