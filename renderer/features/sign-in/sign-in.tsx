import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { AppInfo } from '../../../shared/contract/app';
import type { SessionInfo } from '../../../shared/contract/session';
import { api, asContractError, useCall, type ContractError } from '../../api';
import { ErrorPanel } from '../../ui/error-panel';
import classes from './sign-in.module.css';

interface SignInProps {
  readonly info: AppInfo;
  onSignedIn(session: SessionInfo): void;
}

export function SignIn({ info, onSignedIn }: SignInProps) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<ContractError | null>(null);

  const signIn = (name: string, secret: string): void => {
    setBusy(name);
    setError(null);
    api
      .call('session.signIn', { user: name, password: secret })
      .then(onSignedIn, (reason: unknown) => setError(asContractError(reason)))
      .finally(() => setBusy(null));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn(user, password);
  };

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Title order={1} className={classes.title}>
          Sign in to Swapdesk
        </Title>
        <Text size="sm" c="dimmed">
          Bulk ICCID and IMEI changes at Verizon ThingSpace
        </Text>
        {error === null ? null : <ErrorPanel story={error.story} correlationId={error.correlationId} />}
        {info.training ? <TrainingUsers busy={busy} onChoose={signIn} /> : null}
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="User name"
              autoComplete="username"
              required
              autoFocus={!info.training}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button
              type="submit"
              loading={busy !== null && busy === user}
              variant={info.training ? 'default' : 'filled'}
            >
              Sign in
            </Button>
          </Stack>
        </form>
        {info.notices.map((notice) => (
          <Text key={notice} size="xs" c="dimmed">
            {notice}
          </Text>
        ))}
      </div>
    </main>
  );
}

interface TrainingUsersProps {
  readonly busy: string | null;
  onChoose(name: string, password: string): void;
}

/** The training users are public: one click signs in. */
function TrainingUsers({ busy, onChoose }: TrainingUsersProps) {
  const { value, error } = useCall('session.trainingUsers', null);
  if (error !== null) return <ErrorPanel story={error.story} correlationId={error.correlationId} />;
  const users = value ?? [];
  return (
    <section aria-label="Training users" className={classes.users}>
      <Text size="sm" fw={600}>
        Choose who you are today
      </Text>
      <div className={classes.grid}>
        {users.map(({ name, role, password, about }) => (
          <button
            key={name}
            type="button"
            className={classes.user}
            disabled={busy !== null}
            aria-label={`Sign in as ${name}, ${role}`}
            onClick={() => onChoose(name, password)}
          >
            <strong>{name}</strong> <span className={classes.role}>{role}</span>
            <span className={classes.about}>{about}</span>
          </button>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        All of them have the password {users[0]?.password ?? '…'}.
      </Text>
    </section>
  );
}
