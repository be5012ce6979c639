/**
 * A day as people write it, if it can mean one day only: `2026-12-01`, `2026/12/1`, `12/25/2026`, `25.12.2026`.
 * `12/01/2026` is December or January, depending on who wrote it: that is not guessed.
 *
 * @returns `YYYY-MM-DD`; null: no day, or more than one
 */
export function readEffectiveDate(raw: string): string | null {
  const text = raw.trim();
  const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text);
  if (yearFirst !== null) return dayOf(yearFirst[1], yearFirst[3], yearFirst[4]);
  const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(text);
  if (yearLast === null) return null;
  const [, first, , second, year] = yearLast;
  const monthFirst = dayOf(year, first, second);
  const dayFirst = dayOf(year, second, first);
  if (monthFirst === null) return dayFirst;
  return dayFirst === null || dayFirst === monthFirst ? monthFirst : null;
}

function dayOf(year = '', month = '', day = ''): string | null {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${text}T00:00:00Z`);
  // 30 February would become 1 or 2 March.
  const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
  return exists ? text : null;
}
