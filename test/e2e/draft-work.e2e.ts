import { expect, test, type Locator } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { expectNoSeriousBarrier, inBothThemes, openApplication, takePictures, type OpenedApplication } from './support';

test.describe.configure({ mode: 'serial' });

let application: OpenedApplication;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  application = await openApplication();
  application.page.setDefaultTimeout(20_000);
});

test.afterAll(async () => {
  expect(await application.stop()).toBe(0);
});

const grid = (): Locator => application.page.getByRole('grid', { name: 'Rows of the draft' });
const note = (): Locator => application.page.getByRole('status').filter({ hasText: /\S/ });
const button = (name: string | RegExp): Locator => application.page.getByRole('button', { name });
const show = (kind: string) => application.page.getByText(new RegExp(`^${kind} \\d+$`)).click();
const count = async (kind: string): Promise<number> => {
  const label = application.page.getByText(new RegExp(`^${kind} \\d+$`));
  return Number(((await label.textContent()) ?? '').replace(/\D/g, ''));
};
const cell = (line: number, column: string): Locator =>
  grid()
    .getByRole('row')
    .filter({ has: application.page.locator('[id$="-line"]', { hasText: new RegExp(`^${line}$`) }) })
    .locator(`[id$="-${column}"]`);

const lookAt = async (name: string): Promise<void> => {
  await inBothThemes(application.page, (scheme) => expectNoSeriousBarrier(application.page, `${name}, ${scheme}`));
  await takePictures(application.page, name);
};
/** Goes on with Tab until the place is reached, as a person without a mouse does. */
async function tabTo(place: Locator): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    if (await place.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await application.page.keyboard.press('Tab');
  }
  throw new Error('80 times Tab did not lead there');
}

/** A free ICCID of the training workspace; the check digit stands last. */
const FREE_ICCIDS = ['89148000017111110008', '89148000017111110016', '89148000017111110024'];

test('a cell is typed into, its row is judged at once, and undo and redo say what they do', async () => {
  test.setTimeout(240_000);
  const { page } = application;
  await page.getByRole('button', { name: /Sign in as olivia/ }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Prepare', exact: true }).click();
  await page.getByRole('button', { name: 'With the damage that lists really have' }).click();
  await expect(grid()).toContainText('scientific notation', { timeout: 60_000 });
  const errors = await count('Errors');

  await cell(27, 'newIccid').dblclick();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(FREE_ICCIDS[0] ?? '');
  await page.keyboard.press('Enter');
  await expect(note().filter({ hasText: /New ICCID of line 27 changed/ })).toBeVisible();
  await lookAt('draft-edit');
  await expect.poll(() => count('Errors')).toBe(errors - 1);
  await expect(button(/^Undo: new ICCID of line 27 changed/)).toBeEnabled();
  await page.keyboard.press('Control+z');
  await expect.poll(() => count('Errors')).toBe(errors);
  await expect(button(/^Redo: new ICCID of line 27 changed/)).toBeEnabled();
  await page.keyboard.press('Control+y');
  await expect.poll(() => count('Errors')).toBe(errors - 1);
});

test('one finding is fixed in all its rows, rows are left out by a filter, and a warning is accepted with a reason', async () => {
  const { page } = application;
  await button(/^Fix in 1 row: heading repeated/).click();
  await expect(note().filter({ hasText: /left out: they are headings/ })).toBeVisible();
  await expect.poll(() => count('Left out')).toBe(1);
  await button(/2 new missing/).click();
  await button('Leave out 2 rows').click();
  await expect.poll(() => count('Left out')).toBe(3);
  await button(/2 new missing/).waitFor({ state: 'detached' });

  const warnings = await count('Warnings');
  await show('Warnings');
  await expect(grid().getByRole('row')).toHaveCount(warnings + 1);
  await grid().focus();
  await page.keyboard.press('Control+Enter');
  const story = page.getByRole('complementary');
  await lookAt('draft-story');
  await story.getByRole('button', { name: 'Accept with a reason …' }).first().click();
  await page.getByLabel('Why it is all right').fill('compared with the card');
  await button('Accept in 1 row').click();
  await expect(story).toContainText('Accepted by olivia');
  await expect(story).toContainText('compared with the card');
  await page.keyboard.press('Escape');
});

test('it is shown where pairs slipped, and which rows wait for one another', async () => {
  const { page } = application;
  await button(/^Show where \d+ rows slipped/).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('here it begins');
  await lookAt('draft-shift');
  await dialog.getByRole('button', { name: /^Show the 4 slipped rows/ }).click();
  await expect(grid().getByRole('row')).toHaveCount(5);

  await button(/^Show the circles/).click();
  await expect(dialog).toContainText('Circle of 2 rows');
  await expect(dialog).toContainText('Sent in this order');
  await lookAt('draft-order');
  await page.keyboard.press('Escape');
});

test('problem rows go out to a file, are mended there, and come back into the same draft', async () => {
  const { page } = application;
  await show('Errors');
  const errors = await count('Errors');
  await button('More for this draft').click();
  await page.getByRole('menuitem', { name: 'Export problem rows as CSV …' }).click();
  await button(`Export ${errors} rows …`).click();
  const place = (await page.getByTestId('place').textContent()) ?? '';
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  const [damaged, mended] = ['89148O00017100043285', '89148000017100043285'];
  const text = readFileSync(place, 'utf8');
  expect(text).toContain(damaged);
  writeFileSync(place, text.replaceAll(damaged, mended));
  await page.getByLabel('Corrected rows to import').setInputFiles(place);
  await expect(page.getByRole('dialog')).toContainText(/of this draft were taken from/, { timeout: 60_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('heading', { name: 'damaged.csv' })).toBeVisible();
  await expect.poll(() => count('Errors')).toBe(errors - 1);
});

test('the dry run shows every request, and just these are sent', async () => {
  test.setTimeout(240_000);
  const { page } = application;
  await button('Dry run').click();
  await expect(page.getByRole('grid', { name: 'Requests of the dry run' })).toContainText('PUT', { timeout: 30_000 });
  await page.getByRole('grid', { name: 'Requests of the dry run' }).focus();
  await page.keyboard.press('Enter');
  await lookAt('draft-plan');
  const hash =
    (await page
      .locator('code')
      .filter({ hasText: /^[0-9a-f]{64}$/ })
      .textContent()) ?? '';
  await button('Back to the rows').click();
  await button(/^Send \d+ changes …$/).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(hash.slice(0, 16), { timeout: 30_000 });
  await lookAt('draft-send');
  await dialog.getByRole('button', { name: /^Send \d+ changes$/ }).click();
  await expect(page.getByRole('heading', { name: /^Change 1/ })).toContainText('processed', { timeout: 120_000 });
});

test('the whole way goes by keyboard alone', async () => {
  test.setTimeout(240_000);
  const { page } = application;
  const { keyboard } = page;
  await tabTo(button('Prepare'));
  await keyboard.press('Enter');
  await tabTo(button('Clean'));
  await keyboard.press('Enter');
  await expect(grid()).toBeFocused({ timeout: 60_000 });
  const all = await count('All');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  await keyboard.type('12');
  await keyboard.press('Enter');
  await expect.poll(() => count('Errors')).toBe(1);
  await keyboard.press('Control+z');
  await expect.poll(() => count('Errors')).toBe(0);
  await keyboard.press('Home');
  await keyboard.press('Space');
  await keyboard.press('End');
  await keyboard.press('Space');
  await keyboard.press('Delete');
  await expect.poll(() => count('Left out')).toBe(2);
  await tabTo(button(/^Send \d+ changes …$/));
  await keyboard.press('Enter');
  const send = page.getByRole('dialog').getByRole('button', { name: `Send ${all - 2} changes` });
  await expect(send).toBeEnabled({ timeout: 30_000 });
  await tabTo(send);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Change 2/ })).toBeVisible({ timeout: 60_000 });
});

test('nothing was refused by the page’s own policy, and nothing failed on the way', () => {
  expect(application.complaints).toEqual([]);
});
