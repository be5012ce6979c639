import { Button, Checkbox, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Draft, DraftPlan } from '../../../shared/contract/drafts';
import { api, asContractError, useCall, type ContractError } from '../../api';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { duration } from '../../lib/time';
import { ErrorPanel } from '../../ui/error-panel';
import { Loading } from '../../ui/screen';
import classes from './send-dialog.module.css';

/** The consequence in numbers, the exact requests, and the button that sends just these. */
export function SendDialog({ draft, onClose }: { readonly draft: Draft; readonly onClose: () => void }) {
  const { go } = useRoute();
  const [acceptWarnings, setAcceptWarnings] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ContractError | null>(null);
  const choice = { draftId: draft.id, onlyValid: true, acceptWarnings };
  const plan = useCall('drafts.plan', draft.valid + (acceptWarnings ? draft.warning : 0) > 0 ? choice : undefined);
  const rows = draft.valid + (acceptWarnings ? draft.warning : 0);
  const current = plan.loading || rows === 0 ? null : plan.value;

  const send = (planHash: string): void => {
    setBusy(true);
    api.call('changes.submit', { ...choice, planHash }).then(
      (submitted) => go({ screen: 'changes', changeId: submitted.bulkChangeId }),
      (reason: unknown) => {
        setError(asContractError(reason));
        setBusy(false);
        plan.reload();
      },
    );
  };
  const failed = error ?? plan.error;
  return (
    <Modal opened onClose={onClose} title={`Send to ${draft.providerName}`} size="lg" transitionProps={{ duration: 0 }}>
      <Stack gap="sm">
        <Text size="sm">
          <strong>{plural(rows, 'line')}</strong> of {draft.providerName} {rows === 1 ? 'gets' : 'get'} a new identifier
          at the carrier ({draft.changeType}).
        </Text>
        {draft.warning > 0 ? (
          <Checkbox
            label={`Accept ${plural(draft.warning, 'warning')} and send these rows too`}
            checked={acceptWarnings}
            onChange={(event) => setAcceptWarnings(event.currentTarget.checked)}
          />
        ) : null}
        {draft.rows - rows > 0 ? (
          <Text size="sm" c="dimmed">
            {plural(draft.rows - rows, 'row')} stay in the draft: {digits(draft.error)} with errors
            {acceptWarnings || draft.warning === 0 ? '' : `, ${digits(draft.warning)} with warnings`}.
          </Text>
        ) : null}
        {failed === null ? null : <ErrorPanel story={failed.story} correlationId={failed.correlationId} />}
        {current === null ? rows === 0 ? null : <Loading what="the dry run" /> : <Plan plan={current} />}
        <Group justify="flex-end">
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
    </Modal>
  );
}

function Plan({ plan }: { readonly plan: DraftPlan }) {
  const { least, most } = plan.expectedSeconds;
  const first = plan.requests.slice(0, 3);
  return (
    <>
      <Text size="sm">
        Takes between {duration(least)} and {duration(most)}. The first {first.length === 1 ? 'request' : 'requests'}:
      </Text>
      <div className={classes.requests} tabIndex={0} role="region" aria-label="First requests">
        {first.map((request) => (
          <Code block key={request.row}>
            {`${request.method} ${request.path}\n${JSON.stringify(request.body, null, 1).replace(/\n\s*/g, ' ')}`}
          </Code>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        Plan <span className={classes.hash}>{plan.planHash.slice(0, 16)}</span>: if the draft changes before you send,
        you are asked again.
      </Text>
    </>
  );
}
