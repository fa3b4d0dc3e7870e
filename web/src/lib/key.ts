/** A key that nobody else has. `crypto.randomUUID` exists only on secure origins, and a studio at home is often plain http. */
export function newKey(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
