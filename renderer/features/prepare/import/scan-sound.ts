import type { Outcome } from './scan.rules';

/** One after the other: frequency in Hz, length in ms. */
const TONES: Readonly<Record<Outcome['kind'] | 'whole', readonly (readonly [hz: number, ms: number])[]>> = {
  accepted: [[880, 90]],
  whole: [
    [880, 80],
    [1320, 120],
  ],
  doubtful: [
    [880, 80],
    [620, 160],
  ],
  repeat: [
    [440, 90],
    [440, 90],
  ],
  order: [
    [300, 160],
    [220, 240],
  ],
  refused: [[180, 380]],
};

let context: AudioContext | null = null;

/** A person who scans looks at the cards and not at the screen: each outcome has its own sound. */
export function playOutcome(kind: Outcome['kind'] | 'whole'): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  let at = context.currentTime;
  for (const [hz, ms] of TONES[kind]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = kind === 'refused' || kind === 'order' ? 'square' : 'sine';
    tone.frequency.value = hz;
    volume.gain.value = tone.type === 'square' ? 0.08 : 0.2;
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + ms / 1000);
    // A short rest sets two tones apart.
    at += ms / 1000 + 0.04;
  }
}
