/* device/recycle.js: a page that lives for hours collects dirt, and a kiosk browser froze in the middle
 * of an election because of it (lessons 23). Acts call `recycle` between two persons; a page that only
 * waits does it by its age:  <div data-recycle-minutes="30">
 */

const UNTOUCHED_S = 60;

/** Load the page of this device anew, as if for the first time. */
export function recycle(address = '/tablet') {
  location.replace(address);
}

/** Load a waiting page anew after its time, when nobody is near and the server answers. */
export function recycleByAge() {
  const minutes = Number(document.querySelector('[data-recycle-minutes]')?.dataset.recycleMinutes);
  if (!minutes) return;
  const renew = async () => {
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4000) });
      if (answer.ok) return void window.Idle.whenFree(() => location.reload(), { untouched: UNTOUCHED_S });
    } catch {
      // The last good picture is better than none: later.
    }
    setTimeout(renew, 60000);
  };
  setTimeout(renew, minutes * 60000);
}
