import { expect, test, type Locator } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textRows, workbook } from '../support/workbook';
import { expectNoSeriousBarrier, inBothThemes, openApplication, takePictures, type OpenedApplication } from './support';

/** Lines of the training data, and cards and devices that are on no line. */
const LINES = [
  { mdn: '2825558379', iccid: '89148000001708197230' },
  { mdn: '2855552136', iccid: '89148000001708434807' },
] as const;
const CARDS = ['89148000000000000019', '89148000000000000027', '89148000000000000035'] as const;

test.describe.configure({ mode: 'serial' });

let application: OpenedApplication;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  application = await openApplication();
  const { page } = application;
  await page.getByRole('button', { name: /Sign in as olivia/ }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 60_000 });
});

test.afterAll(async () => {
  expect(await application.stop()).toBe(0);
});

const draftHeading = (name: RegExp | string): Locator => application.page.getByRole('heading', { level: 1, name });
const rows = (): Locator => application.page.getByRole('grid', { name: 'Rows of the draft' });

/** In both themes. */
const expectNoBarrier = (screen: string): Promise<void> =>
  inBothThemes(application.page, (scheme) => expectNoSeriousBarrier(application.page, `${screen}, ${scheme}`));

async function toPrepare(): Promise<void> {
  const { page } = application;
  await page.getByRole('button', { name: 'Home', exact: true }).click();
  await page.getByRole('button', { name: 'Prepare', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Choose a file' })).toBeVisible();
}

/** The old headings in a language that nobody knows, on a sheet behind another one. */
function strangeWorkbook(name: string, card: string): string {
  const file = join(application.home, name);
  const list = textRows([
    ['Ancien', 'Nouveau', 'Dépôt'],
    [LINES[0].iccid, card, 'Lyon'],
  ]);
  const sheets = '<sheet name="Read me" sheetId="1" r:id="rId1"/><sheet name="Swaps" sheetId="2" r:id="rId2"/>';
  const parts = { 'xl/worksheets/sheet2.xml': `<worksheet><sheetData>${list}</sheetData></worksheet>` };
  writeFileSync(file, workbook({ rows: textRows([['This workbook is for the depot.']]), sheets, parts }));
  return file;
}

test('a workbook with strange headings is looked at, mapped once, and known the next time', async () => {
  const { page } = application;
  await toPrepare();
  await takePictures(application.page, 'prepare');
  await expectNoBarrier('prepare');
  await page.getByLabel('File to import', { exact: true }).setInputFiles(strangeWorkbook('depot.xlsx', CARDS[0]));
  await expect(draftHeading('Look at depot.xlsx')).toBeVisible();
  await page.getByLabel('Sheet').selectOption('Swaps');
  const columns = page.getByRole('region', { name: 'Columns' });
  await expect(columns).toContainText('Ancien');
  await columns.getByLabel('What “Ancien” means').selectOption('oldIccid');
  await columns.getByLabel('What “Nouveau” means').selectOption('newIccid');
  await columns.getByLabel('What “Dépôt” means').selectOption('note');
  const start = page.getByRole('button', { name: /^Make a draft: New SIM/ });
  await expect(start).toBeEnabled();
  await expectNoBarrier('mapping');
  await takePictures(application.page, 'mapping');
  await start.click();
  await expect(draftHeading(/depot/)).toBeVisible({ timeout: 30_000 });
  await expect(rows()).toContainText('2825558379');

  // The same headings again: the sheet is chosen, and nothing else is asked.
  await toPrepare();
  await page.getByLabel('File to look at before it is imported').setInputFiles(strangeWorkbook('next.xlsx', CARDS[1]));
  await page.getByLabel('Sheet').selectOption('Swaps');
  await expect(page.getByRole('region', { name: 'Columns' })).toContainText('remembered');
  await expect(page.getByRole('region', { name: 'Columns' })).toContainText('by olivia');

  // In a file with nothing to choose, nothing is asked.
  const again = join(application.home, 'again.csv');
  writeFileSync(again, `Ancien,Nouveau,Dépôt\n${LINES[1].iccid},${CARDS[1]},Lyon\n`);
  await toPrepare();
  await page.getByLabel('File to import', { exact: true }).setInputFiles(again);
  await expect(draftHeading(/again/)).toBeVisible({ timeout: 30_000 });
});

test('a list with the usual headings is not asked about, and the same file again is', async () => {
  const { page } = application;
  const file = join(application.home, 'usual.csv');
  writeFileSync(file, `MDN;New ICCID\n${LINES[1].mdn};${CARDS[1]}\n`);
  await toPrepare();
  await page.getByLabel('File to import', { exact: true }).setInputFiles(file);
  await expect(draftHeading(/usual/)).toBeVisible({ timeout: 30_000 });
  await toPrepare();
  await page.getByLabel('File to import', { exact: true }).setInputFiles(file);
  const notice = page.getByText(/very same content was imported/);
  await expect(notice).toContainText('by olivia');
  await notice.getByRole('button', { name: 'usual' }).click();
  await expect(draftHeading(/usual/)).toBeVisible();
});

test('a template is saved, and is a list that Swapdesk reads', async () => {
  const { page } = application;
  await toPrepare();
  await page.getByRole('button', { name: 'Save a template' }).click();
  await page.getByRole('menuitem', { name: 'Excel workbook, cells as text' }).first().click();
  const saved = page.getByText(/Template saved: /);
  await expect(saved).toBeVisible();
  const place = /saved: (.*\.xlsx)/.exec((await saved.textContent()) ?? '')?.[1] ?? '';
  await page.getByLabel('File to look at before it is imported').setInputFiles(place);
  await expect(page.getByRole('button', { name: /^Make a draft: New SIM/ })).toBeEnabled();
});

test('pasted rows become a draft', async () => {
  const { page } = application;
  await toPrepare();
  // Copied as a person copies, from a field that is at hand.
  await page.getByRole('button', { name: 'Paste a list' }).click();
  await page.getByLabel('Rows').fill(`Old ICCID\tNew ICCID\n${LINES[0].iccid}\t${CARDS[2]}\n`);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  await page.getByRole('button', { name: 'All ways in' }).click();
  await expect(page.getByRole('button', { name: 'Choose a file' })).toBeVisible();
  await page.keyboard.press('Control+V');
  await expect(rows()).toContainText(LINES[0].mdn, { timeout: 30_000 });
  await toPrepare();
  await page.getByRole('button', { name: 'Paste a list' }).click();
  await expectNoBarrier('paste');
  await page.getByLabel('Rows').fill(`${LINES[1].iccid},${CARDS[2]}\n`);
  await page.getByRole('button', { name: 'Check the rows' }).click();
  // Without headings the columns are guessed from their cells, and that is shown.
  await expect(page.getByText(/Some columns are only guessed/)).toBeVisible();
  await page.getByRole('button', { name: /^Make a draft/ }).click();
  await expect(rows()).toContainText(LINES[1].mdn, { timeout: 30_000 });
});

test('a few lines are typed by the keyboard alone, from Home to the draft', async () => {
  const { page } = application;
  await page.getByRole('button', { name: 'Home', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Type a few lines' })).toBeVisible();
  await tabTo('Type a few lines');
  await page.keyboard.press('Enter');
  await page.keyboard.type(LINES[0].mdn);
  await expect(page.getByText(/MDN of line \d+/)).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.type(CARDS[0]);
  await page.keyboard.press('Enter');
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  await page.keyboard.type('89148000001708434800');
  await expect(page.getByText('no line has this ICCID')).toBeVisible();
  await expectNoBarrier('form');
  await takePictures(application.page, 'form');
  await page.keyboard.press('Control+Enter');
  await expect(draftHeading(/^Typed /)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/2 rows/).first()).toBeVisible();
});

/** Tab by tab, as a person without a mouse goes there. */
async function tabTo(name: string): Promise<void> {
  const { page } = application;
  const target = page.getByRole('button', { name });
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not lead to “${name}”`);
}

test('a scanner’s pairs become a draft; half a pair stays', async () => {
  const { page } = application;
  const scan = async (code: string): Promise<void> => {
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  };
  const band = page.locator('[aria-live="assertive"]');
  await toPrepare();
  await page.getByRole('button', { name: 'Scan barcodes' }).click();
  await scan(CARDS[0]);
  await expect(band).toContainText('Wrong order');
  await scan(LINES[0].iccid);
  await expect(band).toContainText('Accepted');
  await scan(LINES[0].iccid);
  await expect(band).toContainText('Again');
  await scan(CARDS[0]);
  await expect(page.getByText('1 whole pair')).toBeVisible();
  await scan(LINES[1].iccid);
  await expect(page.getByText('1 whole pair, and one that has begun')).toBeVisible();
  await expectNoBarrier('scan');
  await takePictures(application.page, 'scan');
  await page.getByRole('button', { name: 'Make a draft of 1 pair' }).click();
  await expect(rows()).toContainText(LINES[0].mdn, { timeout: 30_000 });
  await toPrepare();
  await page.getByRole('button', { name: 'Scan barcodes' }).click();
  await expect(page.getByText('no whole pairs, and one that has begun')).toBeVisible();
  await page.getByRole('button', { name: 'Undo the last scan' }).click();
  await expect(page.getByText('no whole pairs', { exact: true })).toBeVisible();
});

test('lines of a filter become a draft whose new cards are pasted', async () => {
  const { page } = application;
  await page.getByRole('button', { name: 'Lines', exact: true }).click();
  await page.getByLabel('Find lines').fill(LINES[0].mdn);
  await expect(page.getByText('1 line', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Change these lines …' }).click();
  await expectNoBarrier('lines');
  await page.getByRole('button', { name: 'Make a draft of 1 line' }).click();
  await expect(draftHeading('Fill in new identifiers')).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('The new ICCIDs').fill(CARDS[1]);
  await expect(page.getByText('Paired by their order')).toBeVisible();
  await expectNoBarrier('fill');
  await takePictures(application.page, 'fill');
  await page.getByRole('button', { name: 'Fill in 1 row' }).click();
  await expect(draftHeading(/^Chosen lines/)).toBeVisible();
  await expect(rows()).toContainText(LINES[0].mdn);
});

test('nothing was refused by the page’s own policy, and nothing failed on the way', () => {
  expect(application.complaints).toEqual([]);
});
