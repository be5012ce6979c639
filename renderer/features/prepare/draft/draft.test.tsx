import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { workFailed } from '../../../../shared/domain/fault';
import { makeFinding } from '../../../../shared/domain/finding-catalogue';
import type { DeskOptions, PlayedDesk } from '../../../../test/support/contract-double-desk';
import { copyHere, goTo, openWindow, type OpenedWindow } from '../../../../test/support/contract-double-window';

/** The third draft is the shortest: 17 rows, errors in its rows 3, 7, 11 and 13, a warning in row 5. */
async function openDraft(prepare?: (desk: PlayedDesk) => void, options: DeskOptions = {}): Promise<OpenedWindow> {
  const opened = await openWindow(options, prepare);
  await goTo(opened, 'Prepare');
  await opened.user.click(await screen.findByRole('button', { name: /^returns/ }));
  await screen.findByRole('grid', { name: 'Rows of the draft' });
  return opened;
}

const grid = (): HTMLElement => screen.getByRole('grid', { name: 'Rows of the draft' });
const last = <T,>(list: readonly T[]): T | undefined => list.at(-1);
const note = async (text: RegExp): Promise<HTMLElement> => screen.findByText(text);

describe('cells of a draft', () => {
  it('are edited from what was read; Enter stores and goes down, and what it did is told', async () => {
    const { user, double } = await openDraft();
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{Enter}');
    const editor = await within(grid()).findByRole('textbox', { name: 'new ICCID' });
    expect((editor as HTMLInputElement).value).toBe('89148000000091316498');
    await user.clear(editor);
    await user.keyboard('89148000017111110008{Enter}');
    await note(/NewIccid of line 4 changed: valid now/);
    expect(double.asked('drafts.editCell')).toEqual([
      { draftId: 9, row: 3, field: 'newIccid', value: '89148000017111110008' },
    ]);
    expect(document.activeElement).toBe(grid());
    // The mended row keeps its place until the person asks for the list as it is.
    expect(within(grid()).getAllByRole('row')).toHaveLength(5);
    await user.click(await screen.findByRole('button', { name: '1 row came or went: show the list anew' }));
    await waitFor(() => expect(within(grid()).getAllByRole('row')).toHaveLength(4));
  });

  it('take the first key that is typed, move on with Tab, and are left alone by Escape', async () => {
    const { user, double } = await openDraft();
    await user.keyboard('{ArrowRight}5125550199{Tab}');
    await note(/Mdn of line 4 changed/);
    await user.keyboard('{F2}99{Escape}');
    expect(double.asked('drafts.editCell')).toMatchObject([{ field: 'mdn', value: '5125550199' }]);
    expect(document.activeElement).toBe(grid());
    expect(grid().getAttribute('aria-activedescendant')).toMatch(/-0-oldIccid$/);
  });

  it('say what was not stored, and keep it in sight', async () => {
    const { user } = await openDraft(({ double }) => {
      double.handle('drafts.editCell', () => {
        throw workFailed({ code: 'disk-full', what: 'The disk is full' });
      });
    });
    await user.keyboard('{ArrowRight}77{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
    expect(await note(/Not stored: “77” for line 4/)).toBeDefined();
  });

  it('tell what is wrong with them where they are, with the proof and its age', async () => {
    const { user } = await openDraft();
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');
    const about = document.getElementById(`${grid().getAttribute('aria-activedescendant')?.split('-')[0]}-about`);
    expect(about?.textContent).toContain('line 4 · new ICCID');
    expect(about?.textContent).toContain('replaced the last digits of the number');
    expect(about?.textContent).toContain('six zeros at the end');
    const cell = document.getElementById(grid().getAttribute('aria-activedescendant') ?? '');
    expect(cell?.getAttribute('aria-invalid')).toBe('true');
    expect(cell?.getAttribute('aria-describedby')).toBe(about?.id);
  });

  it('take one pasted cell, and refuse a whole list with words', async () => {
    const { user, double } = await openDraft();
    await user.keyboard('{ArrowRight}');
    const paste = (text: string) => fireEvent.paste(grid(), { clipboardData: { getData: () => text } });
    paste('a\tb\nc\td');
    expect(await note(/Paste one cell at a time/)).toBeDefined();
    paste(' 5125550123 ');
    await note(/Mdn of line 4 changed/);
    expect(double.asked('drafts.editCell')).toMatchObject([{ field: 'mdn', value: '5125550123' }]);
  });
});

describe('acts on rows', () => {
  it('are taken back and done again, by buttons that say what, and by keys', async () => {
    const { user, double } = await openDraft();
    await user.keyboard('{Delete}');
    await note(/^1 rows left out/);
    await user.click(await screen.findByRole('button', { name: 'Undo: 1 rows left out' }));
    await note(/Taken back: 1 rows left out/);
    grid().focus();
    await user.keyboard('{Control>}y{/Control}');
    await note(/Done again: 1 rows left out/);
    await user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(double.asked('drafts.undo')).toHaveLength(2));
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await waitFor(() => expect(double.asked('drafts.redo')).toHaveLength(2));
  });

  it('are about ticked rows, about a range, or about all that the filter shows', async () => {
    const { user, double } = await openDraft();
    await user.keyboard(' {ArrowDown}{ArrowDown} ');
    expect(await screen.findByText('2 rows ticked')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Leave out 2 rows' }));
    await waitFor(() => expect(last(double.asked('drafts.exclude'))?.target).toEqual({ rows: [3, 11] }));
    await user.click(screen.getByText('Left out 2'));
    await user.click(await screen.findByRole('button', { name: 'Take in 2 rows' }));
    await waitFor(() =>
      expect(last(double.asked('drafts.include'))?.target).toMatchObject({ filter: { excluded: 'only' } }),
    );
    await user.click(screen.getByText('All 17'));
    await waitFor(() => expect(within(grid()).getAllByRole('row')).toHaveLength(18));
    grid().focus();
    await user.keyboard('{Home}{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Delete}');
    await waitFor(() => expect(last(double.asked('drafts.exclude'))?.target).toEqual({ rows: [1, 2, 3] }));
    expect(await screen.findAllByText('left out')).toHaveLength(3);
  });

  it('fix one finding in all rows where that is proven, with the numbers before and after', async () => {
    const { user, double } = await openDraft(({ drafts, double }) => {
      const at = drafts.findIndex(({ id }) => id === 9);
      const draft = drafts[at];
      if (draft !== undefined) drafts[at] = { ...draft, findings: { ...draft.findings, 'wrong-kind': 5 } };
      double.handle('drafts.fixAll', ({ code, preview, draftId }) => {
        const counts = { valid: 1, warning: 0, error: 9, withFinding: 5 };
        const now = drafts.find(({ id }) => id === draftId);
        if (now === undefined) throw new Error('no draft');
        return {
          ...{ code, fixable: 3, left: 2, words: '3 rows exchanged', before: counts },
          ...{ after: preview ? null : { ...counts, error: 6, withFinding: 2 }, draft: now },
        };
      });
    });
    await user.click(await screen.findByRole('button', { name: 'Fix in 3 rows: wrong kind' }));
    await note(/3 rows exchanged\. Errors: 9 before, 6 now\. 2 are left for you to judge/);
    expect(last(double.asked('drafts.fixAll'))).toMatchObject({ code: 'wrong-kind', preview: false });
  });

  it('sort by a column, and back again', async () => {
    const { user, double } = await openDraft();
    const sorted = () => last(double.asked('drafts.rows'))?.sort;
    await user.click(screen.getByRole('button', { name: /^MDN/ }));
    await waitFor(() => expect(sorted()).toEqual({ by: 'mdn', direction: 'ascending' }));
    await user.click(await screen.findByRole('button', { name: /^MDN/ }));
    await waitFor(() => expect(sorted()).toEqual({ by: 'mdn', direction: 'descending' }));
    await user.click(await screen.findByRole('button', { name: /^MDN/ }));
    await waitFor(() => expect(sorted()).toEqual({ by: 'row', direction: 'ascending' }));
  });

  it('copy a row as plain digits, each column in a cell of its own', async () => {
    await openDraft();
    expect(copyHere().text).toBe(
      '4\t5125550103\t89148000000084282764\t89148000000091316498\tHarbor Logistics\tHL-5MB\tdigits lost',
    );
  });
});

describe('a row’s story', () => {
  it('takes responsibility with a reason, and tells who did', async () => {
    const { user, double } = await openDraft();
    await user.click(screen.getByText('Warnings 1'));
    await waitFor(() => expect(within(grid()).getAllByRole('row')).toHaveLength(2));
    grid().focus();
    await user.keyboard('{Enter}');
    const story = screen.getByRole('complementary', { name: 'Line 6 of the file' });
    await user.click(within(story).getByRole('button', { name: 'Accept with a reason …' }));
    await user.type(await screen.findByLabelText('Why it is all right'), 'compared with the card');
    await user.click(screen.getByRole('button', { name: 'Accept in 1 row' }));
    expect(await within(story).findByText(/Accepted by olivia.*compared with the card/)).toBeDefined();
    expect(double.asked('drafts.override')).toEqual([
      { draftId: 9, target: { rows: [5] }, code: 'iccid-check-digit', reason: 'compared with the card' },
    ]);
  });

  it('tells a preparer who may accept it', async () => {
    const { user } = await openDraft(undefined, { role: 'preparer' });
    await user.click(screen.getByText('Warnings 1'));
    await waitFor(() => expect(within(grid()).getAllByRole('row')).toHaveLength(2));
    grid().focus();
    await user.keyboard('{Enter}');
    expect(screen.getByText(/by the role operator; yours is preparer/)).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Accept with a reason …' })).toBeNull();
  });

  it('offers lines that agree with the digits that are left, and takes the chosen one', async () => {
    const { user, double } = await openDraft(({ double: before, drafts }) => {
      before.handle('drafts.rows', () => ({
        total: 1,
        rows: [
          {
            ...{
              row: 3,
              line: 4,
              verdict: 'error' as const,
              deviceId: null,
              mdn: null,
              old: {},
              new: { iccid: '8914' },
            },
            ...{ customer: null, ratePlan: null, ratePool: null, effectiveDate: null, note: null, excluded: false },
            ...{ edited: [], overrides: [], cells: { oldIccid: '8.9148E+19' } },
            findings: [
              makeFinding('scientific-notation', 'oldIccid', {
                seen: '8.9148E+19',
                candidates: [{ lineId: 2201, value: '89148000001683489958' }],
              }),
            ],
          },
        ],
      }));
      before.handle('drafts.editCell', ({ draftId }) => {
        const draft = drafts.find(({ id }) => id === draftId);
        if (draft === undefined) throw new Error('no draft');
        return { draft, moved: 0, rows: [], done: 'old ICCID of line 4 changed' };
      });
    });
    await user.keyboard('{Enter}');
    expect(screen.getByText('How to export without losing digits')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Use 89148000001683489958 of line 2201 as ICCID now' }));
    await note(/Old ICCID of line 4 changed/);
    expect(double.asked('drafts.editCell')).toMatchObject([
      { row: 3, field: 'oldIccid', value: '89148000001683489958' },
    ]);
  });
});

describe('the draft as a whole', () => {
  const DIFFERENCE = {
    row: 3,
    line: 4,
    before: { verdict: 'valid' as const, codes: [] },
    after: { verdict: 'error' as const, codes: ['line-not-active'] },
  };
  const withDifference = ({ double, drafts }: PlayedDesk): void =>
    double.handle('drafts.recheck', ({ draftId }) => {
      const draft = drafts.find(({ id }) => id === draftId);
      if (draft === undefined) throw new Error('no draft');
      return { draft, checked: 17, moved: 1, verdictsMoved: 1, differences: [DIFFERENCE] };
    });

  it('is checked again, and the differences are listed', async () => {
    const { user } = await openDraft(withDifference);
    await user.click(screen.getByRole('button', { name: /^Check again/ }));
    const dialog = await screen.findByRole('dialog', { name: 'Checked again' });
    expect(dialog.textContent).toContain('1 row is judged differently now');
    expect(within(dialog).getByRole('listitem').textContent).toMatch(/line 4.*valid.*line not active/);
  });

  it('shows what has moved before it is sent, and binds to the plan that is shown then', async () => {
    const { user, double } = await openDraft(withDifference);
    await user.click(screen.getByRole('button', { name: /^Send \d+ changes …$/ }));
    const moved = await screen.findByRole('region', { name: 'What has moved since the last check' });
    expect(moved.textContent).toContain('line 4');
    await user.click(await screen.findByRole('button', { name: 'Send 12 changes' }));
    await waitFor(() => expect(double.asked('changes.submit')).toMatchObject([{ planHash: 'decade17'.repeat(8) }]));
  });

  it('shows the dry run with every number and request', async () => {
    const { user } = await openDraft();
    await user.click(screen.getByRole('button', { name: 'Dry run' }));
    const figures = await screen.findByRole('region', { name: 'What the dry run says' });
    for (const text of ['12 lines', 'no deactivated lines', 'between 21 s and 6 min', 'decade17'])
      expect(figures.textContent).toContain(text);
    const requests = screen.getByRole('grid', { name: 'Requests of the dry run' });
    requests.focus();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('complementary').textContent).toContain('"change4gOption": "ChangeICCID"');
    await user.click(screen.getByRole('button', { name: 'Back to the rows' }));
    expect(await screen.findByRole('grid', { name: 'Rows of the draft' })).toBeDefined();
  });

  it('exports its problem rows, and takes the corrected file in again', async () => {
    const { user, double } = await openDraft(({ double: before }) => {
      before.handle('drafts.exportProblems', () => ({
        ...{ savedId: 's', place: 'Downloads/problems.xlsx', rows: 5, sha256: 'ab'.repeat(32) },
      }));
    });
    await user.click(screen.getByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: /as a workbook/ }));
    await user.click(await screen.findByRole('checkbox', { name: 'Also 1 row with warnings' }));
    await user.click(screen.getByRole('button', { name: 'Export 5 rows …' }));
    expect(await screen.findByText('Downloads/problems.xlsx')).toBeDefined();
    expect(double.asked('drafts.exportProblems')).toMatchObject([{ verdicts: ['error', 'warning'], format: 'xlsx' }]);
    await user.upload(screen.getByLabelText('Corrected rows to import'), new File(['x'], 'problems.xlsx'));
    await waitFor(() => expect(double.asked('imports.start')).toMatchObject([{ continueDraftId: 9 }]));
  });

  it('is copied, handed over, and taken over by the next one', async () => {
    const { user, double } = await openDraft();
    await user.click(screen.getByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Copy …' }));
    await user.click(await screen.findByRole('button', { name: 'Copy 17 rows' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'returns, copy' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Hand over …' }));
    await user.type(await screen.findByLabelText('What the next person should know'), 'box 4 is open');
    await user.click(screen.getByRole('button', { name: 'Hand over 17 rows' }));
    expect(await screen.findByText('“box 4 is open”')).toBeDefined();
    expect(double.asked('drafts.share')).toMatchObject([{ note: 'box 4 is open' }]);
    await user.click(screen.getByRole('button', { name: 'Take over returns, copy' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'returns, copy' })).toBeDefined();
  });
});
