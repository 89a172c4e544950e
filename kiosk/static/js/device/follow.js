/* device/follow.js: this device's name and the address where it belongs, from #device-facts of the
 * stream (one list for all devices, drawn once; each page finds its own line). A new name shows at
 * once; a new address is gone to as soon as nobody is in the middle of something.
 *
 * A device that is revoked or has another kind is told by the end of its stream (live.js, data-leave).
 */

/** Watch the list from now on. */
export function follow() {
  const id = document.body.dataset.device;
  let goal = location.pathname;

  const look = () => {
    const own = document.querySelector(`#device-facts [data-device-id="${id}"]`);
    if (!own) return;
    const name = own.dataset.name;
    for (const place of document.querySelectorAll('[data-device-name]')) {
      if (place.textContent !== name) place.textContent = name;
    }
    if (document.querySelector('[data-device-name]')) document.title = name;
    if (own.dataset.goes === goal) return;
    goal = own.dataset.goes;
    if (goal === location.pathname) return;
    const wanted = goal;
    // Replaced, not followed: Back must not lead to what is over.
    const leave = () => { if (goal === wanted) location.replace(wanted); };
    window.Idle.whenFree(() => window.Idle.whenServed(() => window.Idle.whenFree(leave)));
  };

  document.addEventListener('live:region', (event) => {
    if (event.detail.id === 'device-facts') look();
  });
  look();
}
