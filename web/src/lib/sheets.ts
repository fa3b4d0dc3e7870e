/**
 * Sheets of styles that could not be loaded. Vite asks for the sheet of a part only once: without this a part that is
 * tried again would come without its styles.
 */
const lost = new Set<HTMLLinkElement>();

export function watchSheets(): void {
  addEventListener('error', ({ target }) => target instanceof HTMLLinkElement && target.rel === 'stylesheet' && lost.add(target), true);
}

/** Ask for them again. Throws while one cannot be had. */
export async function mendSheets(): Promise<void> {
  await Promise.all([...lost].map(again));
}

function again(old: HTMLLinkElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = old.cloneNode() as HTMLLinkElement;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(`${link.href} could not be loaded.`));
    lost.delete(old);
    old.replaceWith(link);
  });
}
