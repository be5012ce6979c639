import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import type { Draft, DraftPlan } from '../../../../shared/contract/drafts';
import { useCall } from '../../../api';
import { digits, plural } from '../../../lib/numbers';
import { duration } from '../../../lib/time';
import { CopyButton } from '../../../ui/copy-button';
import { ErrorPanel } from '../../../ui/error-panel';
import { RowsView } from '../../../ui/rows-view';
import { Empty, Fact, Facts, Loading, Screen } from '../../../ui/screen';
import { CarrierPlanInput } from './carrier-plan-input';
import { PLAN_COLUMNS, type NumberedRequest } from './plan-columns';
import classes from './plan-view.module.css';

interface PlanViewProps {
  readonly draft: Draft;
  onClose(): void;
}

/** The dry run: everything that would be sent, in its order, and what it costs. Nothing leaves this desktop. */
export function PlanView({ draft, onClose }: PlanViewProps) {
  const [acceptWarnings, setAcceptWarnings] = useState(draft.valid === 0);
  const [carrierPlan, setCarrierPlan] = useState<string | null>(null);
  const plan = useCall('drafts.plan', { draftId: draft.id, onlyValid: true, acceptWarnings, carrierPlan });
  return (
    <Screen
      title={`Dry run of ${draft.name}`}
      back={{ label: 'Back to the rows', go: onClose }}
      about={`${draft.providerName} · ${draft.changeType} · nothing of this has been sent`}
    >
      {draft.warning > 0 ? (
        <Checkbox
          label={`With ${plural(draft.warning, 'row')} that ${draft.warning === 1 ? 'has' : 'have'} warnings`}
          checked={acceptWarnings}
          onChange={(event) => setAcceptWarnings(event.currentTarget.checked)}
        />
      ) : null}
      <CarrierPlanInput value={carrierPlan} onChange={setCarrierPlan} />
      {plan.error === null ? null : <ErrorPanel error={plan.error} onRetry={plan.reload} />}
      {plan.value === null || plan.loading ? (
        plan.error === null ? (
          <Loading what="the dry run" />
        ) : null
      ) : (
        <WholePlan plan={plan.value} />
      )}
    </Screen>
  );
}

function WholePlan({ plan }: { readonly plan: DraftPlan }) {
  return (
    <>
      <PlanFigures plan={plan} />
      {plan.leftOut.length === 0 ? null : (
        <details className={classes.left}>
          <summary>
            {plural(plan.leftOut.length, 'row')} {plan.leftOut.length === 1 ? 'waits' : 'wait'} for one that is not
            sent, and {plan.leftOut.length === 1 ? 'stays' : 'stay'} in the draft
          </summary>
          <ul>
            {plan.leftOut.map(({ row, line, why }) => (
              <li key={row}>
                line {line}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Requests plan={plan} />
    </>
  );
}

function PlanFigures({ plan }: { readonly plan: DraftPlan }) {
  const { reversibility, quotas, expectedSeconds } = plan;
  return (
    <section className={classes.figures} aria-label="What the dry run says">
      <Facts>
        <Fact label="Swaps">{plural(plan.rows, 'line')}</Fact>
        <Fact label="Deleted first, for good">{plural(plan.deletes, 'deactivated line')}</Fact>
        <Fact label="Stay in the draft">
          {plural(plan.skipped, 'row')}
          {plan.nothingToDo > 0 ? `, of them ${digits(plan.nothingToDo)} with nothing to do` : ''}
        </Fact>
      </Facts>
      <Facts>
        <Fact label="Can be taken back">{plural(reversibility.reversible, 'line')}</Fact>
        <Fact label="Only on a condition">{plural(reversibility.conditional, 'line')}</Fact>
        <Fact label="Not at all">{plural(reversibility.not, 'line')}</Fact>
      </Facts>
      <Facts>
        <Fact label="Takes">
          {plan.rows === 0
            ? 'no time'
            : `between ${duration(expectedSeconds.least)} and ${duration(expectedSeconds.most)}`}
        </Fact>
        <Fact label={`Plan changes (a line may have ${quotas.planChangesAMonth} a month)`}>
          {plural(quotas.planChanges, 'line')}
        </Fact>
        <Fact label={`Lines at ${quotas.actionsADay} changes today`}>{plural(quotas.linesAtLimit, 'line')}</Fact>
      </Facts>
      <Facts>
        <Fact label="Plan hash: sending and approval hold to it">
          <code className={classes.hash}>{plan.planHash}</code>
          <div className={classes.copy}>
            <CopyButton label="Copy the hash" text={plan.planHash} />
          </div>
        </Fact>
      </Facts>
    </section>
  );
}

function Requests({ plan }: { readonly plan: DraftPlan }) {
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const all = plan.rows + plan.deletes;
  const requests = plan.requests.map((request, at): NumberedRequest => ({ ...request, place: at + 1 }));
  return (
    <>
      <Text size="sm" fw={550}>
        {requests.length < all
          ? `The first ${digits(requests.length)} of ${plural(all, 'request')}, in the order of sending; the hash covers all`
          : `${plural(all, 'request')}, in the order of sending`}
      </Text>
      <RowsView
        label="Requests of the dry run"
        what="requests"
        rows={{
          total: requests.length,
          error: null,
          row: (index) => requests[index] ?? null,
          show: () => undefined,
          reload: () => undefined,
        }}
        columns={PLAN_COLUMNS}
        empty={<Empty title="Nothing would be sent">No row of the draft may go as it is.</Empty>}
        openIndex={openIndex}
        onOpen={setOpenIndex}
        story={(request) => ({ title: `Request ${request.place}`, body: <RequestStory request={request} /> })}
      />
    </>
  );
}

function RequestStory({ request }: { readonly request: NumberedRequest }) {
  return (
    <Facts>
      <Fact label={request.purpose === 'delete' ? 'Deletes the deactivated line' : 'Swaps the identifier'}>
        <code className={classes.hash}>
          {request.method} {request.path}
        </code>
      </Fact>
      <Fact label="Body, secrets left out">
        <pre className={classes.body}>{JSON.stringify(request.body, null, 2)}</pre>
      </Fact>
      <Fact label="Can it be taken back?">
        {{ reversible: 'Yes', conditional: 'On a condition', not: 'No' }[request.reversibility.kind]}:{' '}
        {request.reversibility.why}.
      </Fact>
      <Fact label="Waits for">
        {request.after.length === 0 ? 'nothing' : `row ${request.after.join(' and ')} of the list`}
      </Fact>
    </Facts>
  );
}
