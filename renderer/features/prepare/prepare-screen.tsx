import { DraftList } from './draft-list';
import { DraftView } from './draft/draft-view';

/** Lists that are not sent yet: import one, or look at one. */
export function PrepareScreen({ draftId, training }: { readonly draftId: number | null; readonly training: boolean }) {
  return draftId === null ? <DraftList training={training} /> : <DraftView key={draftId} draftId={draftId} />;
}
