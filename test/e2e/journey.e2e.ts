import { expect, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expectNoSeriousBarrier, openApplication, type OpenedApplication } from './support';

test.describe.configure({ mode: 'serial' });

let application: OpenedApplication;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  application = await openApplication();
});

test.afterAll(async () => {
  expect(await application.stop()).toBe(0);
});

/** With SWAPDESK_SCREENS set, the pictures of the docs are taken anew on the way. */
async function takePicture(name: string): Promise<void> {
  const folder = process.env['SWAPDESK_SCREENS'];
  if (folder !== undefined) await application.page.screenshot({ path: `${folder}/${name}.png` });
}

test('a wrong password is told in words', async () => {
  const { page } = application;
  await page.getByLabel('User name').fill('olivia');
  await page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('sign-in-refused');
  await expectNoSeriousBarrier(application.page, 'sign-in');
});

test('a viewer is told what the role may not do', async () => {
  const { page } = application;
  await page.getByRole('button', { name: /Sign in as victor/ }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Prepare' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Swapdesk' })).toBeVisible();
});

test('an operator imports the damaged sample, sends what is right, and saves the report', async () => {
  test.setTimeout(240_000);
  const { page } = application;
  await page.getByRole('button', { name: /Sign in as olivia/ }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Prepare', exact: true }).click();
  await page.getByRole('button', { name: 'With the damage that lists really have' }).click();
  await expect(page.getByRole('heading', { name: /damaged/ })).toBeVisible({ timeout: 60_000 });
  const grid = page.getByRole('grid', { name: 'Rows of the draft' });
  await expect(grid).toContainText('scientific notation', { timeout: 30_000 });
  await grid.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary')).toBeVisible();
  await expectNoSeriousBarrier(application.page, 'draft');
  await takePicture('draft-light');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Send \d+ changes …$/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Contoso Fleet');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: /^Send 36 changes$/ }).click();
  await expect(page.getByRole('heading', { name: /^Change 1/ })).toContainText('processed', { timeout: 120_000 });
  await expect(page.getByRole('grid', { name: 'Rows of the change' })).toContainText('processed');
  await expectNoSeriousBarrier(application.page, 'change');
  await takePicture('change-light');

  await page.getByRole('button', { name: 'Save report' }).click();
  await page.getByRole('menuitem', { name: /PDF/ }).click();
  const saved = page.getByText(/swapdesk-change-1.*\.pdf$/);
  await expect(saved).toBeVisible({ timeout: 60_000 });
  const place = (await saved.textContent()) ?? '';
  expect(readFileSync(place).subarray(0, 5).toString()).toBe('%PDF-');

  await page.getByRole('button', { name: 'Audit trail' }).click();
  await expect(page.getByRole('grid', { name: 'Audit entries' })).toContainText('row.', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Check the chains' }).click();
  await expect(page.getByText(/Unbroken: \d+ entries/)).toBeVisible({ timeout: 30_000 });
  await expectNoSeriousBarrier(application.page, 'audit');
  await takePicture('audit-light');
});

test('nothing was refused by the page’s own policy, and nothing failed on the way', () => {
  expect(application.complaints).toEqual([]);
});
