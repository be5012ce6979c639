import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { goTo, openWindow, type OpenedWindow } from '../../../test/support/contract-double-window';
import type { DeskOptions, PlayedDesk } from '../../../test/support/contract-double-desk';
import { inOneLine } from './details';

async function openAudit(options?: DeskOptions, prepare?: (desk: PlayedDesk) => void): Promise<OpenedWindow> {
  const opened = await openWindow(options, prepare);
  await goTo(opened, 'Audit');
  return opened;
}

const lastAsked = ({ double }: OpenedWindow) => double.asked('audit.search').at(-1);

describe('the trail', () => {
  it('is searched by text and by kind', async () => {
    const opened = await openAudit();
    await screen.findByRole('grid', { name: 'Audit entries' });
    await opened.user.type(screen.getByLabelText('Search the trail'), '5125550142');
    await waitFor(() => expect(lastAsked(opened)).toMatchObject({ text: '5125550142', stream: null, change: null }));
    await opened.user.click(screen.getByRole('combobox', { name: 'Kind of entries' }));
    await opened.user.click(await screen.findByRole('option', { name: 'Calls to the carrier' }));
    await waitFor(() => expect(lastAsked(opened)).toMatchObject({ text: '5125550142', stream: 'api' }));
  });

  it('shows everything of an entry', async () => {
    const { user } = await openAudit();
    const grid = await screen.findByRole('grid', { name: 'Audit entries' });
    grid.focus();
    await user.keyboard('{Enter}');
    const entry = await screen.findByRole('complementary');
    expect(entry.textContent).toContain('Entry 640 of the chain');
    expect(entry.textContent).toContain('9f'.repeat(32));
    expect(entry.textContent).toContain('"mdn"');
  });

  it('tells an empty trail from a search without result', async () => {
    const { user } = await openAudit({ isNew: true });
    expect(await screen.findByText('No entries yet')).toBeDefined();
    await user.type(screen.getByLabelText('Search the trail'), 'zzz');
    expect(await screen.findByText('No entry has this')).toBeDefined();
  });

  it('puts details into one line', () => {
    expect(inOneLine({ mdn: '512', old: { iccid: '89' }, gone: null, attempts: 2, codes: ['a'] })).toBe(
      'mdn 512 · old.iccid 89 · attempts 2 · codes ["a"]',
    );
  });
});

describe('the chains', () => {
  it('are told to be unbroken', async () => {
    const { user } = await openAudit();
    await user.click(screen.getByRole('button', { name: 'Check the chains' }));
    expect(await screen.findByText(/Unbroken: 640 entries in 2 chains/)).toBeDefined();
  });

  it('say where they are broken, and how', async () => {
    const { user } = await openAudit({}, ({ double }) => {
      double.handle('audit.verify', () => ({
        ok: false as const,
        entries: 512,
        chain: 'desktop:d1:user-1:provider-1',
        seq: 233,
        problem: 'changed' as const,
        detail: 'its hash is another',
      }));
    });
    await user.click(screen.getByRole('button', { name: 'Check the chains' }));
    expect(await screen.findByText('Broken at entry 233: an entry was changed after it was written.')).toBeDefined();
    expect(screen.getByText('its hash is another')).toBeDefined();
    expect(screen.getByText(/desktop:d1:user-1:provider-1/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText(/Broken at entry/)).toBeNull();
  });
});
