import { describe, expect, test } from 'vitest';
import { FINDING_CATALOGUE, findingRule, makeFinding } from './finding-catalogue';
import { findingSchema, verdictOf } from './finding';

describe.each(Object.entries(FINDING_CATALOGUE))('%s', (code, rule) => {
  test('has a kebab-case code, a meaning and a remedy', () => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(rule.meaning.length).toBeGreaterThan(10);
    expect(rule.remedy).toMatch(/\.$/);
  });

  test('can be overridden if and only if it is a warning', () => {
    expect(rule.overridable === null).toBe(rule.level !== 'warning');
  });
});

test('check digit and prefix of an ICCID warn, the check digits of IMEI and EID refuse', () => {
  expect(FINDING_CATALOGUE['iccid-check-digit'].level).toBe('warning');
  expect(FINDING_CATALOGUE['iccid-prefix'].level).toBe('warning');
  expect(FINDING_CATALOGUE['imei-check-digit'].level).toBe('error');
  expect(FINDING_CATALOGUE['eid-check-digits'].level).toBe('error');
});

test('a finding takes its level from the table and cuts what it shows', () => {
  const finding = makeFinding('iccid-length', 'newIccid', { seen: '8'.repeat(200) });
  expect(findingSchema.parse(finding)).toEqual(finding);
  expect(finding.seen).toHaveLength(80);
  expect(verdictOf([finding])).toBe('error');
  expect(verdictOf([makeFinding('repaired-spaces', 'newIccid')])).toBe('valid');
});

test('a code of another version has no rule', () => {
  expect(findingRule('line-unknown')?.level).toBe('error');
  expect(findingRule('toString')).toBeUndefined();
});
