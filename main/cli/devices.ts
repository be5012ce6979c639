import { ANY_LINE } from '../../shared/contract/lines';
import type { LoadResult } from '../services/devices';
import type { Registration } from './command';
import { plural, table } from './output';
import { describePair } from './wording';

export const registerDevices: Registration = (program, act) => {
  const devices = program.command('devices').description('lines: the devices on the carrier’s network');
  addLoad(devices, act);
  addRefresh(devices, act);
  addFind(devices, act);
  addDrift(devices, act);
};

const addLoad: Registration = (devices, act) => {
  devices
    .command('load <file>')
    .description('load lines from a CSV (iccid,imei,mdn,eid,status,customer,ratePlan)')
    .requiredOption('--provider <name>')
    .action(
      act(async (run, file: string, options: { provider: string }) => {
        const workspace = await run.workspace('lines.load');
        const provider = await workspace.devices.provider(workspace.session, options.provider);
        const loaded = await workspace.devices.loadCsv(workspace.session, provider, file);
        await workspace.sync.sync(run.signal);
        return {
          json: loaded,
          text: describe(loaded),
          failed: loaded.read > 0 && loaded.refused.length === loaded.read,
        };
      }),
    );
};

const addRefresh: Registration = (devices, act) => {
  devices
    .command('refresh')
    .description('bring the lines up to what the carrier lists')
    .requiredOption('--provider <name>')
    .action(
      act(async (run, options: { provider: string }) => {
        const workspace = await run.workspace('lines.load');
        const { session, thingspace, sync } = workspace;
        const provider = await workspace.devices.provider(session, options.provider);
        await workspace.carrierReady();
        const loaded = await workspace.devices.refresh(session, provider, thingspace.listLines(provider, run.signal));
        await sync.sync(run.signal);
        return { json: loaded, text: describe(loaded) };
      }),
    );
};

const addFind: Registration = (devices, act) => {
  devices
    .command('find <text>')
    .description('lines by any part of ICCID, IMEI, MDN or EID')
    .action(
      act(async (run, text: string) => {
        const { session, devices: lines, bringUpToDate } = await run.workspace('lines.read');
        await bringUpToDate();
        const found = await lines.find(session, { ...ANY_LINE, text }, 100);
        return {
          json: { devices: found },
          text:
            found.length === 0
              ? 'No line has this.'
              : table(
                  ['line', 'provider', 'MDN', 'ICCID', 'IMEI', 'status', 'customer'],
                  found.map((line) => [
                    line.id,
                    line.provider,
                    line.mdn,
                    line.iccid,
                    line.imei,
                    line.status,
                    line.customer,
                  ]),
                ),
        };
      }),
    );
};

const addDrift: Registration = (devices, act) => {
  devices
    .command('drift')
    .description('lines of which carrier, central database and this desk say different things, with the repair')
    .requiredOption('--provider <name>')
    .action(
      act(async (run, options: { provider: string }) => {
        const { session, devices: lines, listCarrierLines } = await run.workspace('lines.load');
        const provider = await lines.provider(session, options.provider);
        const found = await lines.drift(session, provider, listCarrierLines(provider, run.signal));
        return {
          json: found,
          text:
            found.drifts.length === 0
              ? `${plural(found.lines, 'line')} compared: all three agree.`
              : [
                  `${plural(found.lines, 'line')} compared, ${found.drifts.length} differ.`,
                  table(
                    ['line', 'carrier', 'central', 'cause', 'repair'],
                    found.drifts.map((one) => [
                      one.deviceId,
                      describePair(one.carrier ?? {}),
                      describePair(one.central ?? {}),
                      one.cause,
                      one.repair,
                    ]),
                  ),
                ].join('\n'),
        };
      }),
    );
};

function describe({ read, inserted, updated, unchanged, refused }: LoadResult): string {
  const sum = `${plural(read, 'line')} read: ${inserted} new, ${updated} changed, ${unchanged} as before, ${refused.length} refused.`;
  const shown = refused.slice(0, 20).map(({ lineNo, reason }) => `  line ${lineNo}: ${reason}`);
  const more =
    refused.length > shown.length ? [`  … and ${refused.length - shown.length} more (--json lists all)`] : [];
  return [sum, ...shown, ...more].join('\n');
}
