import { refreshHeld, setControl } from './control.repo';
import type { ChangesCore } from './core';
import { getChange, noteAct } from './find-change';
import { acceptCodes, countWave, failureCodes, findWaves, openWave, type WaveRecord } from './waves.repo';
import { decideWave } from './waves.rules';
import type { StoppedWave } from './types';

/** See `ProcessingSteps.advanceWaves`. Safe to repeat: each step is one transaction guarded by the wave's end. */
export async function advanceWaves(core: ChangesCore): Promise<readonly StoppedWave[]> {
  const stopped: StoppedWave[] = [];
  for (const wave of await findWaves(core.local.read)) {
    const why = await advance(core, wave);
    if (why !== null) stopped.push({ changeId: wave.id, providerUid: wave.providerUid, name: wave.name, why });
  }
  return stopped;
}

/** @returns why the change was stopped; null: it was not */
async function advance(core: ChangesCore, wave: WaveRecord): Promise<string | null> {
  if (wave.canary === null) throw new Error(`change ${wave.id} has waves and no canary`);
  const counts = await countWave(core.local.read, wave.id, wave.waveEnd);
  const codes = counts.failed === 0 ? [] : await failureCodes(core.local.read, wave.id);
  const decision = decideWave({ canary: wave.canary, wave: wave.wave, ...counts, codes, accepted: wave.accepted });
  if (decision.kind === 'wait') return null;
  const change = await getChange(core, wave.uid);
  const act = { by: core.actor(), note: decision.kind === 'stop' ? decision.why : '' };
  await core.local.write(async (trx) => {
    if (decision.kind === 'stop') {
      await setControl(trx, wave.id, { state: 'stopped', ...act }, core.clock.now());
      await noteAct(core, trx, change, 'change.budget-exceeded', act, { ...counts, codes: [...codes] });
    } else {
      await acceptCodes(trx, wave.id, { codes: [...codes], count: wave.accepted.count });
      const more = await openWave(trx, wave, decision.rows);
      if (more) await noteAct(core, trx, change, 'change.wave-opened', act, { wave: wave.wave + 1, ...counts });
    }
    await refreshHeld(trx, wave.id);
  });
  core.queue.ring();
  return decision.kind === 'stop' ? decision.why : null;
}
