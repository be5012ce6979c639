import { Presets, SingleBar } from 'cli-progress';
import { printNotice } from './output';

export interface Progress {
  show(done: number, note: string): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a line on standard error whenever something moved. */
export function createProgress(total: number): Progress {
  if (!process.stderr.isTTY) {
    let last = '';
    return {
      show(_done, note) {
        if (note !== last) printNotice(note);
        last = note;
      },
      end: () => undefined,
    };
  }
  const bar = new SingleBar(
    { format: '{bar} {value}/{total}  {note}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return { show: (done, note) => bar.update(done, { note }), end: () => bar.stop() };
}
