/** The document that the poets write before a picture or a song, as rows to read. Pure: JSON in, rows out. */

export interface DocumentRow {
  label: string;
  value: string;
}

/** Null when the text is no JSON object: then it is a writing to be read as it is. */
export function documentRows(content: string): DocumentRow[] | null {
  let found: unknown;
  try {
    found = JSON.parse(content);
  } catch {
    return null;
  }
  return isRecord(found) ? rowsOf(found) : null;
}

function rowsOf(found: Record<string, unknown>): DocumentRow[] {
  return Object.entries(found).flatMap(([key, value]) => {
    if (key === 'structure' && Array.isArray(value)) return value.filter(isRecord).flatMap(partOf);
    if (isRecord(value)) return rowsOf(value);
    const said = Array.isArray(value) ? value.map(String).join(', ') : value == null ? '' : String(value);
    return said.trim() ? [{ label: label(key), value: said }] : [];
  });
}

/** A part of a song: its lyrics under `Verse 2`. */
function partOf(part: Record<string, unknown>): DocumentRow[] {
  const name = [part['type'] ?? 'part', part['number']].filter((each) => each != null).join(' ');
  const lyrics = typeof part['lyrics'] === 'string' ? part['lyrics'].trim() : '';
  return lyrics ? [{ label: label(name), value: lyrics }] : [];
}

function label(key: string): string {
  const spaced = key.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
