import { Anchor, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState, type RefObject } from 'react';
import type { Draft, DraftPlan } from '../../../../shared/contract/drafts';
import { NO_OPTIONS } from '../../../../shared/domain/control';
import { api, useAction, useCall, useSession } from '../../../api';
import { plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { duration } from '../../../lib/time';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import { Loading } from '../../../ui/screen';
import { CarrierPlanInput } from './carrier-plan-input';
import { Differences, type RecheckResult } from './differences';
import classes from './send-dialog.module.css';
import { useLoaded } from './use-loaded';

const REQUESTS_SHOWN = 3;

interface SendDialogProps {
  readonly draft: Draft;
  readonly opener: RefObject<HTMLElement | null>;
  /** Leads to the dry run with every request. */
  onPlan(): void;
  onClose(): void;
}

/**
 * What has moved since the rows were judged, the consequence in numbers, the exact requests, and the button that sends
 * just these.
 */
export function SendDialog({ draft, opener, onPlan, onClose }: SendDialogProps) {
  const { go } = useRoute();
  const { session } = useSession();
  const [acceptWarnings, setAcceptWarnings] = useState(false);
  const [carrierPlan, setCarrierPlan] = useState<string | null>(null);
  const { busy, error, run } = useAction();
  const first = useLoaded(() => api.call('drafts.recheck', { draftId: draft.id }));
  const [again, setAgain] = useState<RecheckResult | null>(null);
  const checked = again ?? first.value;
  const isChecked = checked !== null || first.error !== null;
  const rows = draft.valid + (acceptWarnings ? draft.warning : 0);
  const choice = { draftId: draft.id, onlyValid: true, acceptWarnings };
  const plan = useCall('drafts.plan', rows === 0 || !isChecked ? undefined : { ...choice, carrierPlan });
  const current = plan.loading || rows === 0 || !isChecked ? null : plan.value;
  const provider = session?.providers.find(({ uid }) => uid === draft.providerUid);

  const send = (planHash: string): void =>
    run(async () => {
      try {
        const submitted = await api.call('changes.submit', {
          ...choice,
          planHash,
          ...(carrierPlan === null ? {} : { options: { ...NO_OPTIONS, carrierPlan } }),
        });
        go({ screen: 'changes', changeId: submitted.bulkChangeId });
      } catch (reason) {
        // What was shown may no longer be what there is: the differences and the new plan come before another try.
        setAgain(await api.call('drafts.recheck', { draftId: draft.id }));
        plan.reload();
        throw reason;
      }
    });
  const failed = error ?? first.error ?? plan.error;
  return (
    <Dialog title={`Send to ${draft.providerName}`} size="lg" opener={opener} onClose={onClose}>
      <Stack gap="sm">
        {checked === null || checked.moved === 0 ? null : (
          <section className={classes.moved} aria-label="What has moved since the last check">
            <Differences result={checked} />
          </section>
        )}
        {rows === 0 ? (
          <Text size="sm">
            {draft.warning > 0
              ? 'Every row that can be sent has a warning. Look at them, then accept them here.'
              : 'No row can be sent any more.'}
          </Text>
        ) : (
          <Text size="sm">
            <strong>{plural(current?.rows ?? rows, 'line')}</strong> of {draft.providerName}{' '}
            {(current?.rows ?? rows) === 1 ? 'gets' : 'get'} a new identifier at the carrier ({draft.changeType}).
          </Text>
        )}
        {draft.warning > 0 ? (
          <Checkbox
            label={`Accept ${plural(draft.warning, 'warning')} and send ${draft.warning === 1 ? 'this row' : 'these rows'} too`}
            checked={acceptWarnings}
            onChange={(event) => setAcceptWarnings(event.currentTarget.checked)}
          />
        ) : null}
        {rows === 0 ? null : <CarrierPlanInput value={carrierPlan} onChange={setCarrierPlan} />}
        <Left draft={draft} acceptWarnings={acceptWarnings} plan={current} />
        {failed === null ? null : <ErrorPanel error={failed} />}
        {rows === 0 ? null : current !== null ? (
          <Plan plan={current} onPlan={onPlan} />
        ) : plan.error === null ? (
          <Loading what="the dry run" />
        ) : null}
        <Waits draft={draft} hasCredentials={provider?.hasCredentials !== false} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={busy}>
            Not yet
          </Button>
          <Button
            data-autofocus
            loading={busy}
            disabled={current === null || current.rows === 0}
            onClick={() => (current === null ? undefined : send(current.planHash))}
          >
            Send {plural(current?.rows ?? rows, 'change')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What keeps a change from being sent at once. */
function Waits({ draft, hasCredentials }: { readonly draft: Draft; readonly hasCredentials: boolean }) {
  const { status } = useSession();
  return (
    <>
      {hasCredentials ? null : (
        <Text size="sm">
          Swapdesk has no credentials for {draft.providerName}: the change waits until an administrator stores them.
        </Text>
      )}
      {status !== null && status.central !== 'online' ? (
        <Text size="sm">Swapdesk is offline: the change is kept here and sent when it is online again.</Text>
      ) : null}
    </>
  );
}

interface LeftProps {
  readonly draft: Draft;
  readonly acceptWarnings: boolean;
  readonly plan: DraftPlan | null;
}

/** What is not sent, and why. */
function Left({ draft, acceptWarnings, plan }: LeftProps) {
  const warnings = acceptWarnings ? 0 : draft.warning;
  const waiting = plan?.leftOut.length ?? 0;
  const rows = draft.error + warnings + waiting;
  if (rows === 0) return null;
  const reasons = [
    ...(draft.error > 0 ? [plural(draft.error, 'error')] : []),
    ...(warnings > 0 ? [`${plural(warnings, 'warning')} not accepted`] : []),
    ...(waiting > 0 ? [`${plural(waiting, 'row')} that wait for one that is not sent`] : []),
  ];
  return (
    <Text size="sm" c="dimmed">
      {plural(rows, 'row')} {rows === 1 ? 'stays' : 'stay'} in the draft: {reasons.join(', ')}.
    </Text>
  );
}

function Plan({ plan, onPlan }: { readonly plan: DraftPlan; readonly onPlan: () => void }) {
  const { least, most } = plan.expectedSeconds;
  const first = plan.requests.slice(0, REQUESTS_SHOWN);
  return (
    <>
      <Text size="sm">
        Takes between {duration(least)} and {duration(most)}.{' '}
        {plan.deletes > 0 ? `${plural(plan.deletes, 'deactivated line')} deleted first, for good. ` : ''}
        {plan.requests.length <= 1
          ? 'The request:'
          : `The first ${first.length} of ${plural(plan.rows + plan.deletes, 'request')}:`}
      </Text>
      <div className={classes.requests} tabIndex={0} role="region" aria-label="First requests">
        {first.map((request) => (
          <pre key={`${request.row} ${request.purpose}`} className={classes.request}>
            <span className={classes.row}>row {request.row}</span> {request.method} {request.path}
            {'\n'}
            {JSON.stringify(request.body, null, 1).replace(/\n\s*/g, ' ')}
          </pre>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        <Anchor component="button" type="button" size="xs" onClick={onPlan}>
          See the whole dry run
        </Anchor>{' '}
        · plan <span className={classes.hash}>{plan.planHash.slice(0, 16)}</span> · if the draft changes before you
        send, you are asked again.
      </Text>
    </>
  );
}
