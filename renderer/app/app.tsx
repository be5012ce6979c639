import { useEffect, useState } from 'react';
import { api, asContractError, useEvent, useSession, type ContractError } from '../api';
import { SignIn } from '../features/sign-in';
import { ErrorPanel } from '../ui/error-panel';
import { Loading } from '../ui/screen';
import classes from './app.module.css';
import { Frame } from './frame';

/** Nobody signed in: the sign-in screen; else the frame with the screens. */
export function App() {
  const { info, session, setInfo, setSession, setStatus } = useSession();
  const [error, setError] = useState<ContractError | null>(null);

  useEffect(() => {
    Promise.all([api.call('app.info', null), api.call('session.current', null)]).then(
      ([loaded, current]) => {
        setInfo(loaded);
        setSession(current);
      },
      (reason: unknown) => setError(asContractError(reason)),
    );
  }, [setInfo, setSession]);

  useEvent('app.statusChanged', setStatus);
  useEvent('session.ended', () => setSession(null));

  // The shell waits for this sign: the first screen can be used.
  const ready = info !== null || error !== null;
  useEffect(() => {
    if (ready) document.documentElement.dataset['ready'] = 'true';
  }, [ready]);

  useEffect(() => {
    if (session === null) return;
    api.call('app.status', null).then(setStatus, () => undefined);
  }, [session, setStatus]);

  return (
    <div className={classes.app} data-training={info?.training ?? undefined}>
      {info?.training === true ? (
        <div className={classes.training} role="note">
          Training: everything here happens at a simulated carrier
        </div>
      ) : null}
      {error !== null ? (
        <div className={classes.middle}>
          <ErrorPanel story={error.story} correlationId={error.correlationId} />
        </div>
      ) : info === null ? (
        <Loading what="Swapdesk" />
      ) : session === null ? (
        <SignIn info={info} onSignedIn={setSession} />
      ) : (
        <Frame info={info} session={session} />
      )}
    </div>
  );
}
