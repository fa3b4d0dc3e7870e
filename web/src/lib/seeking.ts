/** Where a key leads on a line of time. */
const STEP_SECONDS = 5;

/** Seconds, perhaps before the beginning or behind the end; undefined for a key that leads nowhere. */
export function sought(key: string, time: number, duration: number): number | undefined {
  const to: Record<string, number> = {
    ArrowLeft: time - STEP_SECONDS,
    ArrowDown: time - STEP_SECONDS,
    ArrowRight: time + STEP_SECONDS,
    ArrowUp: time + STEP_SECONDS,
    Home: 0,
    End: duration,
  };
  return to[key];
}
