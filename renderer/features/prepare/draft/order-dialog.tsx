import { Button, Group, Text } from '@mantine/core';
import type { RefObject } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { api } from '../../../api';
import { plural } from '../../../lib/numbers';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import { Loading } from '../../../ui/screen';
import { Pair } from '../../../ui/pair';
import classes from './order-dialog.module.css';
import { chainsOf, circlesOf, type OrderStep } from './order.rules';
import { rowsWith } from './places';
import { useLoaded } from './use-loaded';

interface OrderDialogProps {
  readonly draft: Draft;
  readonly opener: RefObject<HTMLElement | null>;
  /** Shows the rows that name an identifier. */
  onFind(text: string): void;
  onClose(): void;
}

async function loadOrder({ id, findings }: Draft) {
  const of = async (code: string) => ((findings[code] ?? 0) === 0 ? [] : (await rowsWith(api, id, code)).rows);
  const [cycle, chain, open] = await Promise.all([of('cycle'), of('chain'), of('chain-open')]);
  const all = (findings['cycle'] ?? 0) + (findings['chain'] ?? 0) + (findings['chain-open'] ?? 0);
  return {
    circles: circlesOf(cycle),
    chains: chainsOf([...chain, ...open]),
    hidden: all - cycle.length - chain.length - open.length,
  };
}

/** Rows that take what other lines have now: circles with the ways out of them, and chains in the order of sending. */
export function OrderDialog({ draft, opener, onFind, onClose }: OrderDialogProps) {
  const { value, error } = useLoaded(() => loadOrder(draft));
  const show = (text: string): void => {
    onClose();
    onFind(text);
  };
  return (
    <Dialog title="Rows that wait for one another" size="xl" opener={opener} onClose={onClose}>
      {error !== null ? (
        <ErrorPanel error={error} />
      ) : value === null ? (
        <Loading what="the rows" />
      ) : (
        <>
          {value.circles.map((steps, at) => (
            <Steps
              key={`circle ${at}`}
              title={`Circle of ${plural(steps.length, 'row')}: none can go first`}
              steps={steps}
              isCircle
              onShow={show}
            />
          ))}
          {value.circles.length === 0 ? null : <WaysOut />}
          {value.chains.map((steps, at) => (
            <Steps
              key={`chain ${at}`}
              title="Sent in this order, each when the one before is processed"
              steps={steps}
              onShow={show}
            />
          ))}
          {value.hidden > 0 ? (
            <Text size="sm" c="dimmed" mt="sm">
              {plural(value.hidden, 'more row')} {value.hidden === 1 ? 'is' : 'are'} not shown here.
            </Text>
          ) : null}
          <Group justify="flex-end" gap="xs" mt="md">
            <Button data-autofocus onClick={onClose}>
              Close
            </Button>
          </Group>
        </>
      )}
    </Dialog>
  );
}

interface StepsProps {
  readonly title: string;
  readonly steps: readonly OrderStep[];
  readonly isCircle?: true;
  onShow(text: string): void;
}

function Steps({ title, steps, isCircle, onShow }: StepsProps) {
  const [first] = steps;
  return (
    <section className={classes.group} data-circle={isCircle}>
      <h3 className={classes.title}>{title}</h3>
      <ol className={classes.steps}>
        {steps.map(({ name, row }) => {
          const wanted = row?.new.iccid ?? row?.new.imei;
          return (
            <li key={name} className={classes.step}>
              <span className={classes.name}>{name}</span>
              {row === null ? (
                <span className={classes.free}>frees what the next one takes</span>
              ) : (
                <Pair from={row.old} to={row.new} />
              )}
              {wanted === undefined ? null : (
                <Button size="compact-xs" variant="default" onClick={() => onShow(wanted)}>
                  Show
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      {isCircle === true && first !== undefined ? (
        <p className={classes.again}>↺ and the last one takes what {first.name} has now</p>
      ) : null}
    </section>
  );
}

/** The steps out of a circle, as the catalogue of findings tells them, one below the other. */
function WaysOut() {
  const ways = (findingRule('cycle')?.remedy ?? '').split('; or ');
  return (
    <div className={classes.ways}>
      <strong>The way out</strong>
      <ul>
        {ways.map((way) => (
          <li key={way}>{way.charAt(0).toUpperCase() + way.slice(1).replace(/\.$/, '')}.</li>
        ))}
      </ul>
    </div>
  );
}
