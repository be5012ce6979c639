import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState, type RefObject } from 'react';
import type { Draft, DraftPlan } from '../../../shared/contract/drafts';
import { api, useAction, useCall, useSession } from '../../api';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { duration } from '../../lib/time';
import { Dialog } from '../../ui/dialog';
import { ErrorPanel } from '../../ui/error-panel';
import { Loading } from '../../ui/screen';
import classes from './send-dialog.module.css';

const REQUESTS_SHOWN = 3;

interface SendDialogProps {
  readonly draft: Draft;
  readonly opener: RefObject<HTMLElement | null>;
  onClose(): void;
}

/** The consequence in numbers, the exact requests, and the button that sends just these. */
export function SendDialog({ draft, opener, onClose }: SendDialogProps) {
  const { go } = useRoute();
  const { status, session } = useSession();
  const [acceptWarnings, setAcceptWarnings] = useState(false);
  const { busy, error, run } = useAction();
  const rows = draft.valid + (acceptWarnings ? draft.warning : 0);
  const choice = { draftId: draft.id, onlyValid: true, acceptWarnings };
  const plan = useCall('drafts.plan', rows === 0 ? undefined : choice);
  const current = plan.loading || rows === 0 ? null : plan.value;
  const provider = session?.providers.find(({ uid }) => uid === draft.providerUid);

  const send = (planHash: string): void =>
    run(async () => {
      try {
        const submitted = await api.call('changes.submit', { ...choice, planHash });
        go({ screen: 'changes', changeId: submitted.bulkChangeId });
      } catch (reason) {
        plan.reload();
        throw reason;
      }
    });
  const failed = error ?? plan.error;
  return (
    <Dialog title={`Send to ${draft.providerName}`} size="lg" opener={opener} onClose={onClose}>
      <Stack gap="sm">
        {rows === 0 ? (
          <Text size="sm">Every row that can be sent has a warning. Look at them, then accept them here.</Text>
        ) : (
          <Text size="sm">
            <strong>{plural(rows, 'line')}</strong> of {draft.providerName} {rows === 1 ? 'gets' : 'get'} a new
            identifier at the carrier ({draft.changeType}).
          </Text>
        )}
        {draft.warning > 0 ? (
          <Checkbox
            label={`Accept ${plural(draft.warning, 'warning')} and send ${draft.warning === 1 ? 'this row' : 'these rows'} too`}
            checked={acceptWarnings}
            onChange={(event) => setAcceptWarnings(event.currentTarget.checked)}
          />
        ) : null}
        <Left draft={draft} acceptWarnings={acceptWarnings} />
        {failed === null ? null : <ErrorPanel error={failed} />}
        {rows === 0 ? null : current === null ? (
          plan.error === null ? (
            <Loading what="the dry run" />
          ) : null
        ) : (
          <Plan plan={current} />
        )}
        {provider?.hasCredentials === false ? (
          <Text size="sm">
            Swapdesk has no credentials for {draft.providerName}: the change waits until an administrator stores them.
          </Text>
        ) : null}
        {status !== null && status.central !== 'online' ? (
          <Text size="sm">Swapdesk is offline: the change is kept here and sent when it is online again.</Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={busy}>
            Not yet
          </Button>
          <Button
            data-autofocus
            loading={busy}
            disabled={current === null}
            onClick={() => (current === null ? undefined : send(current.planHash))}
          >
            Send {plural(rows, 'change')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What is not sent, and why. */
function Left({ draft, acceptWarnings }: { readonly draft: Draft; readonly acceptWarnings: boolean }) {
  const warnings = acceptWarnings ? 0 : draft.warning;
  const rows = draft.error + warnings;
  if (rows === 0) return null;
  const reasons = [
    ...(draft.error > 0 ? [plural(draft.error, 'error')] : []),
    ...(warnings > 0 ? [`${plural(warnings, 'warning')} not accepted`] : []),
  ];
  return (
    <Text size="sm" c="dimmed">
      {plural(rows, 'row')} {rows === 1 ? 'stays' : 'stay'} in the draft: {reasons.join(', ')}.
    </Text>
  );
}

function Plan({ plan }: { readonly plan: DraftPlan }) {
  const { least, most } = plan.expectedSeconds;
  const first = plan.requests.slice(0, REQUESTS_SHOWN);
  return (
    <>
      <Text size="sm">
        Takes between {duration(least)} and {duration(most)}.{' '}
        {first.length === 1 ? 'The request:' : `The first ${first.length} of ${plural(plan.rows, 'request')}:`}
      </Text>
      <div className={classes.requests} tabIndex={0} role="region" aria-label="First requests">
        {first.map((request) => (
          <pre key={request.row} className={classes.request}>
            <span className={classes.row}>row {request.row}</span> {request.method} {request.path}
            {'\n'}
            {JSON.stringify(request.body, null, 1).replace(/\n\s*/g, ' ')}
          </pre>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        Plan <span className={classes.hash}>{plan.planHash.slice(0, 16)}</span> · if the draft changes before you send,
        you are asked again.
      </Text>
    </>
  );
}
