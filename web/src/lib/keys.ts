/** Keys for the items of a list that may have two of one name: the name, and for a second one its number too. */
export function keyed<T extends { name: string }>(items: readonly T[]): { key: string; item: T }[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const count = seen.get(item.name) ?? 0;
    seen.set(item.name, count + 1);
    // The number first, so that no name can be made of another one and its number.
    return { key: `${count} ${item.name}`, item };
  });
}
