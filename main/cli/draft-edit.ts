import { usageError } from '../../shared/domain/fault';
import { fieldSchema, verdictSchema, type Field } from '../../shared/domain/finding';
import type { Draft, DraftMoved } from '../services/drafts';
import { oneOf, wholeNumber } from './arguments';
import type { Act, Registration } from './command';
import { targetOf, type TargetOptions } from './draft-target';
import { plural, type CommandResult } from './output';
import type { Command } from 'commander';

/** Everything that changes the rows of a draft. */
export const addEdits: Registration = (draft, act) => {
  addEdit(draft, act);
  addTargeted(draft, act, 'exclude', 'leave rows out; they are judged with no other row and never sent');
  addTargeted(draft, act, 'include', 'take rows in again');
  addFix(draft, act);
  addUndo(draft, act, 'undo', 'take the last act back');
  addUndo(draft, act, 'redo', 'do the last undone act again');
  addOverride(draft, act);
  addRecheck(draft, act);
  addCopy(draft, act);
  addHandover(draft, act);
};

function describeMoved({ draft, moved, rows, done }: DraftMoved): CommandResult {
  const json = { done, moved, ...countsOf(draft), rows };
  return { json, text: `Draft ${draft.id}: ${done}. ${plural(moved, 'row')} moved. ${describeCounts(draft)}` };
}

const countsOf = ({ id, rows, valid, warning, error, excluded, findings }: Draft) => ({
  draftId: id,
  counts: { rows, valid, warning, error, excluded },
  findings,
});

const describeCounts = ({ valid, warning, error, excluded }: Draft): string =>
  `${valid} valid, ${warning} with warnings, ${error} with errors, ${excluded} left out.`;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function withTarget(command: Command): Command {
  return command
    .option('--row <n>', 'a row by its number; may be said again', collect, [])
    .option('--only <verdict>', verdictSchema.options.join(' | '))
    .option('--finding <code>', 'rows with this finding')
    .option('--text <text>', 'rows with this part of an identifier, name, note or finding');
}

const addEdit: Registration = (draft, act) => {
  draft
    .command('edit <id> <row> <cells...>')
    .description(`type into cells of a row: FIELD=VALUE (${fieldSchema.options.join(', ')})`)
    .action(
      act(async (run, id: string, row: string, cells: readonly string[]) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const typed = Object.fromEntries(cells.map(cellOf));
        return describeMoved(await drafts.editRow(found.id, wholeNumber('the row', row), typed));
      }),
    );
};

function cellOf(text: string): [Field, string] {
  const cut = text.indexOf('=');
  if (cut >= 1) return [oneOf('the field', text.slice(0, cut).trim(), fieldSchema.options), text.slice(cut + 1)];
  throw usageError({ code: 'argument-refused', what: 'A cell must be FIELD=VALUE', where: text });
}

function addTargeted(draft: Command, act: Act, name: 'exclude' | 'include', about: string): void {
  withTarget(draft.command(`${name} <id>`).description(about)).action(
    act(async (run, id: string, options: TargetOptions) => {
      const { drafts } = await run.workspace('drafts.edit');
      const found = await drafts.get(id);
      return describeMoved(await drafts[name](found.id, targetOf(options)));
    }),
  );
}

const addFix: Registration = (draft, act) => {
  draft
    .command('fix <id> <code>')
    .description('mend one finding in all rows where the fix is proven')
    .option('--preview', 'say what would be done')
    .action(
      act(async (run, id: string, code: string, options: { preview?: boolean }) => {
        const { drafts } = await run.workspace('drafts.edit');
        const preview = options.preview === true;
        const { draft: after, ...fix } = await drafts.fixAll((await drafts.get(id)).id, code, preview);
        const left = fix.left === 0 ? '' : ` ${plural(fix.left, 'row')} can be mended by a person only.`;
        const text = `Draft ${after.id}: ${preview ? 'would do: ' : ''}${fix.words}.${left} ${describeCounts(after)}`;
        return { json: { ...fix, ...countsOf(after) }, text };
      }),
    );
};

function addUndo(draft: Command, act: Act, name: 'undo' | 'redo', about: string): void {
  draft
    .command(`${name} <id>`)
    .description(about)
    .action(
      act(async (run, id: string) => {
        const { drafts } = await run.workspace('drafts.edit');
        const moved = await drafts[name]((await drafts.get(id)).id);
        return describeMoved({ ...moved, done: `${name === 'undo' ? 'taken back' : 'done again'}: ${moved.done}` });
      }),
    );
}

const addOverride: Registration = (draft, act) => {
  withTarget(
    draft.command('override <id> <code>').description('take responsibility for a finding; kept in the audit trail'),
  )
    .requiredOption('--reason <text>', 'why the row is right in spite of it')
    .action(
      act(async (run, id: string, code: string, options: TargetOptions & { reason: string }) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const reason = options.reason.trim();
        if (reason.length < 3) throw usageError({ code: 'argument-refused', what: '--reason must say why' });
        const named = options.row.length > 0 || options.only !== undefined || options.text !== undefined;
        // Without a choice, all rows that have the finding are meant.
        const target = targetOf(named ? options : { ...options, finding: code });
        return describeMoved(await drafts.override(found.id, target, code, reason));
      }),
    );
};

const addRecheck: Registration = (draft, act) => {
  draft
    .command('recheck <id>')
    .description('check again against the lines as they are now, and list what moved')
    .action(
      act(async (run, id: string) => {
        const { drafts, bringUpToDate } = await run.workspace('drafts.edit');
        await bringUpToDate();
        const { draft: after, ...recheck } = await drafts.recheck((await drafts.get(id)).id);
        const told = recheck.differences.map(
          ({ line, before, after: now }) =>
            `line ${line}  ${before.verdict} → ${now.verdict}  ${now.codes.join(', ') || 'no findings'}`,
        );
        const head = `Draft ${after.id}: ${plural(recheck.checked, 'row')} checked, ${recheck.moved} moved. ${describeCounts(after)}`;
        return { json: { ...recheck, ...countsOf(after) }, text: [head, ...told].join('\n') };
      }),
    );
};

const addCopy: Registration = (draft, act) => {
  draft
    .command('copy <id> <name>')
    .description('the same rows once more, under another name')
    .action(
      act(async (run, id: string, name: string) => {
        const { drafts } = await run.workspace('drafts.edit');
        const copied = await drafts.copy((await drafts.get(id)).id, name);
        return { json: copied, text: `Draft ${copied.id} "${copied.name}" has the ${plural(copied.rows, 'row')}.` };
      }),
    );
};

const addHandover: Registration = (draft, act) => {
  draft
    .command('share <id>')
    .description('hand a draft over: another user of its provider goes on with it')
    .option('--note <text>', 'for whoever takes it', '')
    .action(
      act(async (run, id: string, options: { note: string }) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        await drafts.share(found.id, options.note);
        return { json: { uid: found.uid, rows: found.rows }, text: `Shared as ${found.uid}; it left this desktop.` };
      }),
    );
  draft
    .command('take <uid>')
    .description('go on with a shared draft; see "draft list --shared"')
    .action(
      act(async (run, uid: string) => {
        const { drafts } = await run.workspace('drafts.edit');
        const taken = await drafts.takeOver(uid);
        return { json: taken, text: `Draft ${taken.id} "${taken.name}" is here. ${describeCounts(taken)}` };
      }),
    );
};
