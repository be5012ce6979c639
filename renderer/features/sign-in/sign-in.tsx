import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { AppInfo } from '../../../shared/contract/app';
import type { SessionInfo } from '../../../shared/contract/session';
import { api, useAction, useCall } from '../../api';
import { ErrorPanel } from '../../ui/error-panel';
import classes from './sign-in.module.css';

interface SignInProps {
  readonly info: AppInfo;
  /** Why the last session ended, when the person did not end it. */
  readonly ended: string | null;
  onSignedIn(session: SessionInfo): void;
}

/** Name and password; in training the users stand there to be chosen. */
export function SignIn({ info, ended, onSignedIn }: SignInProps) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, run } = useAction();

  const signIn = (name: string, secret: string): void =>
    run(async () => onSignedIn(await api.call('session.signIn', { user: name, password: secret })));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn(user, password);
  };

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div>
          <Title order={1} className={classes.title}>
            Sign in to Swapdesk
          </Title>
          <p className={classes.about}>Bulk ICCID and IMEI changes at Verizon ThingSpace</p>
        </div>
        {ended === null || error !== null ? null : (
          <p className={classes.ended} role="status">
            {ended}
          </p>
        )}
        {error === null ? null : <ErrorPanel error={error} />}
        {info.training ? <TrainingUsers busy={busy} onChoose={signIn} /> : null}
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="User name"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus={!info.training}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={busy} {...(info.training ? { variant: 'default' } : {})}>
              Sign in
            </Button>
          </Stack>
        </form>
        {info.notices.length === 0 ? null : (
          <ul className={classes.notices} aria-label="Notices">
            {info.notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
        )}
      </div>
    </main>
  );
}

interface TrainingUsersProps {
  readonly busy: boolean;
  onChoose(name: string, password: string): void;
}

/** The training users are public: one click signs in. */
function TrainingUsers({ busy, onChoose }: TrainingUsersProps) {
  const { value, error, reload } = useCall('session.trainingUsers', null);
  if (error !== null) return <ErrorPanel error={error} onRetry={reload} />;
  const users = value ?? [];
  return (
    <section aria-label="Training users" className={classes.users}>
      <h2 className={classes.heading}>Choose who you are today</h2>
      <div className={classes.grid}>
        {users.map(({ name, role, password, about }) => (
          <button
            key={name}
            type="button"
            className={classes.user}
            disabled={busy}
            onClick={() => onChoose(name, password)}
          >
            <span className={classes.hidden}>Sign in as</span> <strong>{name}</strong>{' '}
            <span className={classes.role}>{role}</span> <span className={classes.does}>{about}</span>
          </button>
        ))}
      </div>
      <p className={classes.password}>
        Or type a name and the password, which is <code>{users[0]?.password ?? '…'}</code> for all of them.
      </p>
    </section>
  );
}
