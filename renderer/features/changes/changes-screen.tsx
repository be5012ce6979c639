import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { api, useEvent, usePages } from '../../api';
import { useRoute } from '../../lib/route';
import { RowsView } from '../../ui/rows-view';
import { Empty, Screen } from '../../ui/screen';
import { CHANGE_COLUMNS } from './change-columns';
import { ChangeView } from './change-view';

interface ChangesScreenProps {
  readonly changeId: number | null;
  readonly only: DeviceChangeStatus | null;
}

/** Every bulk change of this desktop, or one of them. */
export function ChangesScreen({ changeId, only }: ChangesScreenProps) {
  return changeId === null ? (
    <ChangeList />
  ) : (
    <ChangeView key={`${changeId} ${only}`} changeId={changeId} only={only} />
  );
}

const load = (page: { limit: number; offset: number }) =>
  api.call('changes.list', page).then(({ total, changes }) => ({ total, rows: changes }));

function ChangeList() {
  const { go } = useRoute();
  const changes = usePages(load);
  useEvent('changes.progressed', changes.reload);
  return (
    <Screen title="Changes" about="Every bulk change that was sent from this desktop, newest first">
      <RowsView
        label="Changes"
        what="changes"
        rows={changes}
        columns={CHANGE_COLUMNS}
        empty={<Empty title="No changes yet">Prepare a list and send it: it becomes a change here.</Empty>}
        openIndex={null}
        onOpen={(index) => {
          const change = index === null ? null : changes.row(index);
          if (change !== null) go({ screen: 'changes', changeId: change.id });
        }}
      />
    </Screen>
  );
}
