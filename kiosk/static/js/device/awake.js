/* device/awake.js: the screen stays on. The browser lets go of the lock whenever the page is hidden or
 * the battery runs low, so it is asked for again and again. <html data-awake> says yes, no or never
 * (this browser cannot, or the address is not secure: the device's own settings must do it).
 */

const AGAIN_MS = 30000;
const SOON_MS = 1000;

/** Ask for the lock now and for as long as this page lives. */
export function keepAwake() {
  const root = document.documentElement;
  let lock = null;

  if (!navigator.wakeLock) {
    root.dataset.awake = 'never';
    return;
  }

  const hold = async () => {
    if (lock || document.visibilityState !== 'visible') return;
    try {
      lock = await navigator.wakeLock.request('screen');
      root.dataset.awake = 'yes';
      lock.addEventListener('release', () => {
        lock = null;
        root.dataset.awake = 'no';
        setTimeout(hold, SOON_MS);
      });
    } catch {
      root.dataset.awake = 'no';   // battery saving may refuse; a touch or half a minute tries again
    }
  };

  document.addEventListener('visibilitychange', hold);
  document.addEventListener('pointerdown', hold, { passive: true });
  setInterval(hold, AGAIN_MS);
  hold();
}
