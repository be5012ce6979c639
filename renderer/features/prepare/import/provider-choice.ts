import { create } from 'zustand';
import type { SessionInfo } from '../../../../shared/contract/session';
import { useSession } from '../../../api';

type Provider = SessionInfo['providers'][number];

/** The service provider whose lines a list is about: chosen once, for all the ways in, until somebody else signs in. */
const useChoice = create<{ readonly by: SessionInfo | null; readonly uid: string | null }>()(() => ({
  by: null,
  uid: null,
}));

export function useProviderChoice(): {
  readonly providers: readonly Provider[];
  readonly provider: Provider | null;
  choose(uid: string): void;
} {
  const { session } = useSession();
  const { by, uid } = useChoice();
  const providers = session?.providers ?? [];
  const chosen = by === session ? providers.find((one) => one.uid === uid) : undefined;
  return {
    providers,
    provider: chosen ?? providers[0] ?? null,
    choose: (chosenUid) => useChoice.setState({ by: session, uid: chosenUid }),
  };
}
