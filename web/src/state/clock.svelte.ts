/** The present, in milliseconds since 1970, for “3 min ago” and countdowns. It asks nobody. */

const TICK_MILLISECONDS = 1000;

class Clock {
  now = $state(Date.now());

  start(): void {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, TICK_MILLISECONDS);
  }
}

export const clock = new Clock();
