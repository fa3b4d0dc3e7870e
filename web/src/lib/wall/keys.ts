/** Where a key leads on the wall: along its rows, or to the work above or below. */
import type { Order } from './order.ts';
import type { Box } from './rows.ts';

export interface Walled {
  order: Order;
  rowCount: number;
  rowOf(index: number): number;
  boxes(row: number): Box[];
}

/** The index to go to; -1 where there is nothing that way; null for a key that leads nowhere. */
export function arrowed(key: string, index: number, wall: Walled): number | null {
  if (key === 'ArrowRight') return wall.order.next(index, 1);
  if (key === 'ArrowLeft') return wall.order.next(index, -1);
  if (key === 'Home') return wall.order.next(-1, 1);
  if (key === 'End') return lastLaid(wall);
  if (key === 'ArrowDown') return beyond(index, 1, wall);
  if (key === 'ArrowUp') return beyond(index, -1, wall);
  return null;
}

function lastLaid(wall: Walled): number {
  const last = wall.boxes(wall.rowCount - 1).at(-1)?.index ?? -1;
  return wall.order.next(last + 1, -1);
}

/** In the next row that has any left, the work whose middle is nearest. */
function beyond(index: number, step: 1 | -1, wall: Walled): number {
  const from = wall.rowOf(index);
  const middle = middleOf(wall.boxes(from).find((box) => box.index === index));
  for (let row = from + step; from >= 0 && row >= 0 && row < wall.rowCount; row += step) {
    const there = wall.boxes(row).filter((box) => !wall.order.isGone(wall.order.idAt(box.index)));
    const [nearest] = there.sort((a, b) => Math.abs(middleOf(a) - middle) - Math.abs(middleOf(b) - middle));
    if (nearest) return nearest.index;
  }
  return -1;
}

function middleOf(box: Box | undefined): number {
  return box ? box.left + box.width / 2 : 0;
}
