import { useEffect, useState } from 'react';
import { api, asContractError, useEvent, useSession, type ContractError } from '../api';
import { SignIn } from '../features/sign-in';
import { useRoute } from '../lib/route';
import { ErrorPanel } from '../ui/error-panel';
import { Loading } from '../ui/screen';
import { useFileDrop } from '../ui/use-file-drop';
import classes from './app.module.css';
import { Frame } from './frame';

/** Nobody signed in: the sign-in screen; else the frame with the screens. */
export function App() {
  const { info, session, setInfo, setSession, setStatus } = useSession();
  const { go } = useRoute();
  const [error, setError] = useState<ContractError | null>(null);
  const [ended, setEnded] = useState<string | null>(null);
  // A file that is dropped where none is wanted must not take the place of the page.
  useFileDrop(() => undefined);

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
  useEvent('session.ended', ({ reason }) => {
    go({ screen: 'home' });
    setSession(null);
    setEnded(reason);
  });

  // The shell waits for this sign: the first screen can be used.
  const ready = info !== null || error !== null;
  useEffect(() => {
    if (ready) document.documentElement.dataset['ready'] = 'true';
  }, [ready]);

  useEffect(() => {
    if (session === null) return;
    // Told again by an event in any case; a failure here shows as an unknown connection.
    api.call('app.status', null).then(setStatus, () => undefined);
  }, [session, setStatus]);

  return (
    <div className={classes.app} data-training={info?.training === true || undefined}>
      {info?.training === true ? (
        <section className={classes.training} aria-label="Training mode">
          Training: everything here happens at a simulated carrier
        </section>
      ) : null}
      {error !== null ? (
        <main className={classes.middle}>
          <ErrorPanel error={error} />
        </main>
      ) : info === null ? (
        <Loading what="Swapdesk" />
      ) : session === null ? (
        <SignIn
          info={info}
          ended={ended}
          onSignedIn={(signedIn) => {
            setEnded(null);
            setSession(signedIn);
          }}
        />
      ) : (
        <Frame info={info} session={session} />
      )}
    </div>
  );
}
