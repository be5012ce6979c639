import { usageError } from '../../shared/domain/fault';
import type { DeadLetter } from '../services/changes';
import type { DeadFilter } from '../services/queue';
import { tellIfNobodyWorks } from '../app/unattended';
import type { Workspace } from '../app/workspace';
import { wholeNumber } from './arguments';
import type { Registration } from './command';
import { plural, table } from './output';
import { describePair } from './wording';

/** Dead letters that one `queue dead` shows. */
const PAGE = 500;

export const registerQueue: Registration = (program, act) => {
  const queue = program.command('queue').description('the jobs of this data folder');
  addStats(queue, act);
  addDead(queue, act);
  addRedrive(queue, act);
  addEdit(queue, act);
  addDiscard(queue, act);
  addHold(queue, act, 'pause', 'send nothing more of a provider, on every desk, until it is resumed');
  addHold(queue, act, 'resume', 'go on with a provider that was paused');
};

const addStats: Registration = (queue, act) => {
  queue
    .command('stats')
    .description('how many jobs wait, run, are delayed, or are dead letters')
    .action(
      act(async (run) => {
        const workspace = await run.workspace('queue.read');
        const stats = await workspace.queue.stats();
        await tellIfNobodyWorks(workspace, stats);
        const names = await namesOf(workspace);
        return {
          json: stats,
          text: [
            `${stats.waiting} waiting, ${stats.working} in flight, ${stats.delayed} delayed, ${stats.dead} dead letters`,
            stats.worker === null
              ? 'Nobody works on this data folder now.'
              : `${stats.worker.holder} works here since ${stats.worker.since}.`,
            ...(stats.nobodyWorks ? ['Jobs are due and nobody takes them: open the window, or `swapdesk run`.'] : []),
            ...stats.holds.map((hold) => `${names(hold.providerUid)}: ${hold.kind}. ${hold.message}`),
            ...(stats.byProvider.length === 0
              ? []
              : [
                  table(
                    ['provider', 'waiting', 'in flight', 'dead', 'state'],
                    stats.byProvider.map((one) => [
                      names(one.provider),
                      one.waiting,
                      one.working,
                      one.dead,
                      one.paused ? 'held' : 'running',
                    ]),
                  ),
                ]),
          ].join('\n'),
        };
      }),
    );
};

async function namesOf({ devices, session }: Workspace): Promise<(uid: string) => string> {
  const providers = await devices.listProviders(session);
  return (uid) => providers.find((one) => one.uid === uid)?.name ?? uid;
}

interface Filter {
  readonly provider?: string;
  readonly code?: string;
  readonly change?: string;
}

async function filterOf({ devices, session }: Workspace, filter: Filter): Promise<DeadFilter> {
  return {
    ...(filter.provider === undefined ? {} : { providerUid: (await devices.provider(session, filter.provider)).uid }),
    ...(filter.code === undefined ? {} : { code: filter.code }),
    ...(filter.change === undefined ? {} : { changeId: wholeNumber('--change', filter.change) }),
  };
}

/** Named ones, those of a filter, or `--all`: never all of them by leaving something out. */
async function chosen(
  workspace: Workspace,
  ids: readonly string[],
  options: Filter & { readonly all?: boolean },
): Promise<DeadFilter> {
  const filter = await filterOf(workspace, options);
  if (ids.length > 0) return { ...filter, jobIds: ids.map((id) => wholeNumber('the dead letter', id)) };
  if (options.all === true || Object.keys(filter).length > 0) return filter;
  throw usageError({
    code: 'argument-missing',
    what: 'Which dead letters?',
    todo: 'Name them by number, or by --code, --change or --provider, or give --all. `swapdesk queue dead` lists them.',
  });
}

const addDead: Registration = (queue, act) => {
  queue
    .command('dead')
    .description('dead letters, with what happened to each')
    .option('--provider <name>')
    .option('--code <code>', 'of the fault that made it one')
    .option('--change <id>')
    .action(
      act(async (run, options: Filter) => {
        const workspace = await run.workspace('queue.read');
        const filter = await filterOf(workspace, options);
        const { total, letters } = await workspace.changes.deadLetters.list(filter, { limit: PAGE, offset: 0 });
        return {
          json: { total, letters: letters.map(letterJson) },
          text:
            total === 0
              ? 'No dead letters.'
              : table(
                  ['letter', 'change', 'row', 'MDN', 'new', 'sends', 'code', 'since'],
                  letters.map((letter) => [
                    letter.id,
                    letter.bulkChangeId,
                    letter.row?.row ?? '?',
                    letter.row?.mdn ?? '',
                    describePair(letter.row?.new ?? {}),
                    letter.row?.attempts ?? letter.attempts,
                    letter.row?.error?.code ?? '',
                    letter.deadAt,
                  ]),
                ),
        };
      }),
    );
};

function letterJson({ row, ...letter }: DeadLetter) {
  return {
    ...letter,
    row: row?.row ?? null,
    mdn: row?.mdn ?? null,
    old: row?.old ?? null,
    new: row?.new ?? null,
    status: row?.status ?? null,
    sends: row?.attempts ?? null,
    error: row?.error ?? null,
  };
}

const addRedrive: Registration = (queue, act) => {
  queue
    .command('redrive [ids...]')
    .description('send dead letters again; an unproven send is read back first')
    .option('--all', 'every one')
    .option('--provider <name>')
    .option('--code <code>')
    .option('--change <id>')
    .option('--per-minute <n>', 'spread them')
    .action(
      act(async (run, ids: string[], options: Filter & { all?: boolean; perMinute?: string }) => {
        const workspace = await run.workspace('queue.manage');
        const perMinute = options.perMinute === undefined ? null : wholeNumber('--per-minute', options.perMinute);
        const choice = await chosen(workspace, ids, options);
        const by = { by: workspace.session.userName, note: '' };
        const done = await workspace.changes.deadLetters.redrive(choice, perMinute, by);
        return {
          json: done,
          text: [
            `${plural(done.redriven, 'dead letter')} redriven; \`swapdesk run\` works on them.`,
            ...done.refused.map(({ jobId, why }) => `  ${jobId}: not now, ${why}`),
          ].join('\n'),
          failed: done.redriven === 0 && done.refused.length > 0,
        };
      }),
    );
};

const addEdit: Registration = (queue, act) => {
  queue
    .command('edit <id>')
    .description('correct the new identifiers of a dead letter before it is redriven')
    .option('--new-iccid <iccid>')
    .option('--new-imei <imei>')
    .requiredOption('--reason <text>', 'kept in the audit trail')
    .action(
      act(async (run, id: string, options: { newIccid?: string; newImei?: string; reason: string }) => {
        const { changes, session } = await run.workspace('queue.manage');
        const next = {
          ...(options.newIccid === undefined ? {} : { iccid: options.newIccid }),
          ...(options.newImei === undefined ? {} : { imei: options.newImei }),
        };
        if (Object.keys(next).length === 0) {
          throw usageError({
            code: 'argument-missing',
            what: 'Nothing is to be corrected',
            todo: 'Give --new-iccid or --new-imei.',
          });
        }
        const act = { by: session.userName, note: options.reason };
        const letter = await changes.deadLetters.edit(wholeNumber('the dead letter', id), next, act);
        return { json: letterJson(letter), text: `Dead letter ${id}: ${describePair(letter.row?.new ?? {})}.` };
      }),
    );
};

const addDiscard: Registration = (queue, act) => {
  queue
    .command('discard [ids...]')
    .description('give dead letters up; their rows end as errors')
    .option('--all', 'every one')
    .option('--provider <name>')
    .option('--code <code>')
    .option('--change <id>')
    .option('--reason <text>', 'kept in the audit trail', 'given up')
    .action(
      act(async (run, ids: string[], options: Filter & { all?: boolean; reason: string }) => {
        const workspace = await run.workspace('queue.manage');
        const choice = await chosen(workspace, ids, options);
        const by = { by: workspace.session.userName, note: options.reason };
        const discarded = await workspace.changes.deadLetters.discard(choice, by);
        return { json: { discarded }, text: `${plural(discarded, 'dead letter')} given up.` };
      }),
    );
};

function addHold(
  queue: Parameters<Registration>[0],
  act: Parameters<Registration>[1],
  verb: 'pause' | 'resume',
  about: string,
): void {
  queue
    .command(verb)
    .description(about)
    .option('--provider <name>', 'only this one; else all that you see')
    .option('--note <text>', 'shown on every desk', '')
    .action(
      act(async (run, options: { provider?: string; note: string }) => {
        const { devices, session, holds } = await run.workspace('queue.manage');
        const providers =
          options.provider === undefined
            ? await devices.listProviders(session)
            : [await devices.provider(session, options.provider)];
        const done: { provider: string; everywhere: boolean }[] = [];
        for (const provider of providers) {
          const { everywhere } = await holds[verb](provider, { by: session.userName, note: options.note });
          done.push({ provider: provider.name, everywhere });
        }
        const word = verb === 'pause' ? 'paused' : 'resumed';
        return {
          json: { [word]: done },
          text: done
            .map(
              ({ provider, everywhere }) =>
                `${provider} ${word}${everywhere ? ' on every desk' : ' on this desk only: the central database can’t be reached'}.`,
            )
            .join('\n'),
        };
      }),
    );
}
