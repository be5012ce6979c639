type Details = Readonly<Record<string, unknown>>;

/** `old.iccid 8914… · proof callback`: one line for the grid. Empty values say nothing there. */
export function inOneLine(details: Details): string {
  return flatten(details, '').join(' · ');
}

function flatten(value: Details, path: string): readonly string[] {
  return Object.entries(value).flatMap(([key, part]) => {
    if (part === null) return [];
    if (typeof part === 'object' && !Array.isArray(part)) return flatten(part as Details, `${path}${key}.`);
    return [`${path}${key} ${typeof part === 'string' ? part : JSON.stringify(part)}`];
  });
}
