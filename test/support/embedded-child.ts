import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { startEmbedded } from '../../main/centraldb';

// A process that uses the embedded server of a data folder: says `attached`, and lets go when it is told to on its
// standard input. Built and started by test/integration/central-embedded.test.ts, which also kills it.
const [homeDir = ''] = process.argv.slice(2);
const embedded = await startEmbedded({
  homeDir,
  holder: 'a child of the tests',
  create: true,
  clock: systemClock,
  ids: systemIds,
  log: silentLog,
});
process.stdout.write('attached\n');
process.stdin.once('data', () => {
  void embedded.release().then(() => {
    process.stdout.write('released\n');
    process.stdin.destroy();
  });
});
