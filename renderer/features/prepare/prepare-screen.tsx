import type { Route } from '../../lib/route';
import { DraftView } from './draft/draft-view';
import { FillScreen } from './import/fill-screen';
import { FormScreen } from './import/form-screen';
import { PrepareHome } from './import/prepare-home';
import { ScanScreen } from './import/scan-screen';

interface PrepareScreenProps {
  readonly route: Extract<Route, { screen: 'prepare' }>;
  readonly training: boolean;
}

/** Lists that are not sent yet: bring one in, or look at one. */
export function PrepareScreen({ route, training }: PrepareScreenProps) {
  const { draftId, way, sample } = route;
  if (way === 'form') return <FormScreen draftId={draftId} />;
  if (draftId === null) {
    return way === 'scan' ? (
      <ScanScreen />
    ) : (
      <PrepareHome training={training} sample={sample ?? null} paste={way === 'paste'} />
    );
  }
  return way === 'fill' ? (
    <FillScreen key={draftId} draftId={draftId} />
  ) : (
    <DraftView key={draftId} draftId={draftId} />
  );
}
