import { useSession } from '../api';
import { Ago } from '../ui/ago';
import classes from './frame.module.css';

/** Offline is a state: what still works, and what waits. And why nothing is being sent, while that is so. */
export function StatusNote() {
  const { status } = useSession();
  const offline = status !== null && status.central !== 'online';
  const note = status?.processorNote ?? null;
  return (
    <div role="status" aria-label="State of the connection">
      {offline || note !== null ? (
        <div className={classes.note}>
          <span aria-hidden="true" className={classes.sign}>
            !
          </span>
          <span>
            {offline ? (
              <>
                <strong>Offline.</strong> Lists can be imported and checked against the lines as of{' '}
                <Ago at={status.mirrorAt} />; what is sent waits here.{' '}
              </>
            ) : null}
            {note}
          </span>
        </div>
      ) : null}
    </div>
  );
}
