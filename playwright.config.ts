import { defineConfig } from '@playwright/test';

// The tests start the application's shell themselves, on the installed Chromium: nothing here may fetch a browser.
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/e2e',
  // Each test has a database server, a simulator and a browser of its own.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
});
