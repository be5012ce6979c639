import { mkdirSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { usageError } from '../../shared/domain/fault';
import type { Workspace } from '../app/workspace';
import { beginDemo, endDemo, type DemoState } from '../app/demo';
import { trainingHome } from '../app/training';
import { openTrainingWorkspace, seedTraining } from '../app/training-seed';
import type { BulkChange } from '../services/changes';
import type { ReportFormat } from '../services/reports';
import { oneOf, wholeNumber } from './arguments';
import type { Registration, Run } from './command';
import { createProgress } from './progress';
import { plural } from './output';
import { countEnded, describeCounts, describeEnded } from './wording';

interface DemoOptions {
  readonly rows?: string;
  readonly report?: string;
}

/**
 * The whole journey in the training folder. A demo that was killed half-way is finished first: its rows end as the
 * carrier's own record says, and none is sent again without proof that the first request did nothing.
 */
export const registerDemo: Registration = (program, act) => {
  program
    .command('demo')
    .description('the whole journey on the training carrier, from a CSV to the audit report')
    .option('--rows <n>', 'make a list of this many swaps instead of the sample')
    .option('--report <file>', 'where the report goes (.pdf, .csv or .json)')
    .action(
      act(async (run, options: DemoOptions) => {
        const rows = options.rows === undefined ? null : wholeNumber('--rows', options.rows);
        const home = await run.homeAt(trainingHome(run.homeDir));
        await seedTraining(home, (line) => run.notice(line));
        const workspace = await openTrainingWorkspace(home, 'olivia');
        try {
          const state = await beginDemo(home, workspace, rows, (line) => run.notice(line));
          const change = await process(run, workspace, state);
          if (change === null) return stopped(state);
          return await conclude(workspace, state, change, reportFile(home.dir, change, options));
        } finally {
          await workspace.close();
        }
      }),
    );
};

/** @returns the change as it ended, or null when the person stopped the demo */
async function process(run: Run, workspace: Workspace, state: DemoState): Promise<BulkChange | null> {
  const progress = createProgress(state.rows);
  try {
    await workspace.process({
      untilIdle: true,
      timeoutMs: null,
      signal: run.signal,
      holder: 'swapdesk demo',
      onProgress: ({ ended }) => progress.show(countEnded(ended), describeEnded(ended)),
      onNote: (note) => run.notice(note),
    });
  } finally {
    progress.end();
  }
  return run.signal.aborted ? null : workspace.changes.get(state.changeUid);
}

function stopped(state: DemoState) {
  return {
    json: { stopped: true, change: state.changeUid },
    text: 'Stopped. Nothing is lost: `swapdesk demo` goes on where this one ended.',
    failed: true,
  };
}

async function conclude(workspace: Workspace, state: DemoState, change: BulkChange, file: string) {
  await workspace.bringUpToDate();
  const verdict = await workspace.audit.verify(await workspace.sync.centralHeads());
  const report = await workspace.reports.write(change.uid, formatOf(file), file);
  endDemo(workspace);
  const processed = change.counts.byStatus.processed ?? 0;
  const failed = change.rows - processed;
  const { read, valid, warning, error } = state.summary;
  return {
    json: {
      read,
      valid,
      warning,
      error,
      processed,
      failed,
      report: report.file,
      audit: { ok: verdict.ok, entries: verdict.entries },
    },
    text: [
      `${plural(read, 'row')} read: ${valid} valid, ${warning} with warnings, ${error} refused.`,
      `Change ${change.id}: ${describeCounts(change.counts)}.`,
      `Audit trail: ${plural(verdict.entries, 'entry', 'entries')}, ${verdict.ok ? 'unbroken' : `BROKEN at ${verdict.chain} ${verdict.seq}`}.`,
      `Report: ${report.file}`,
    ].join('\n'),
    failed: failed > 0 || !verdict.ok,
  };
}

function reportFile(dir: string, change: BulkChange, options: DemoOptions): string {
  if (options.report !== undefined) {
    formatOf(options.report);
    return resolve(options.report);
  }
  mkdirSync(join(dir, 'reports'), { recursive: true, mode: 0o700 });
  return join(dir, 'reports', `change-${change.id}.pdf`);
}

function formatOf(file: string): ReportFormat {
  const ending = extname(file).slice(1).toLowerCase();
  if (ending === '') throw usageError({ code: 'argument-refused', what: '--report needs a file ending', where: file });
  return oneOf('the ending of --report', ending, ['pdf', 'csv', 'json'] as const);
}
