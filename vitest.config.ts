import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { sqlText } from './scripts/sql-text.mjs';

// Two workers: the suite is meant for small machines, and the integration tests start processes of their own.
export default defineConfig({
  plugins: [sqlText()],
  test: {
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit-node',
          environment: 'node',
          include: ['{shared,main,simulator,preload,scripts,test/support,bench}/**/*.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'unit-dom',
          environment: 'jsdom',
          include: ['renderer/**/*.test.{ts,tsx}'],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          environment: 'node',
          include: ['test/{integration,faults}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'toolchain',
          environment: 'node',
          include: ['test/toolchain/**/*.test.ts'],
          exclude: ['test/toolchain/fixtures/**'],
          // Compilers and linters: seconds on an idle machine, minutes on a crowded one.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
