/** Placeholders for pictures under way: a thumbhash (base64, about 25 bytes) to a tiny PNG as a data URL. */
import { thumbHashToDataURL } from 'thumbhash';

const LONGEST = 40;
const made = new Map<string, string | null>();

/** Null for an empty or broken hash: the picture then comes without a placeholder. */
export function placeholder(hash: string): string | null {
  if (!hash) return null;
  const known = made.get(hash);
  if (known !== undefined) return known;
  const url = decode(hash);
  made.set(hash, url);
  return url;
}

function decode(hash: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
    return bytes.length >= 5 && bytes.length <= LONGEST ? thumbHashToDataURL(bytes) : null;
  } catch {
    return null;
  }
}
