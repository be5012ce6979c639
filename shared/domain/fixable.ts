/** Findings whose fix can be proven in some of the rows that have them: nothing a row says is lost, no digit is made up. */
export const FIXABLE_FINDINGS = [
  'heading-repeated',
  'nothing-to-do',
  'new-value-ignored',
  'iccid-nibbles-swapped',
  'wrong-kind',
] as const;
export type FixableFinding = (typeof FIXABLE_FINDINGS)[number];
