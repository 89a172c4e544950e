/* idle.js: is a person at work here? What must not happen under a finger asks this first.
 *
 *   Idle.seconds()            seconds since the last touch or key, or since the page came
 *   Idle.isBusy()             a person is in the middle of something
 *   Idle.whenFree(act, {untouched: 30})   act once nobody is, and nobody has touched so long
 *   Idle.whenServed(act)      act once the server has just answered: a page that is left while it is
 *                             away ends at the browser's own error page, and nothing comes back from there
 *
 * Busy is: something marked [data-in-act] (a ballot begun, a scan in flight), an open dialog, or a
 * visible field that was changed. On a device ([data-kiosk]) a dialog or field that nobody touched
 * for a minute was left by somebody who has gone; at the console it is kept.
 *
 * `page:old`, an event on document, says that the program has newer pages: the page loads itself anew
 * when nobody has touched it for 30 s.
 */
'use strict';

window.Idle = (() => {
  const LOOK_MS = 250;
  const LEFT_S = 60;
  const OLD_S = 30;
  const KNOCK_MS = 4000;
  const AGAIN_MS = 2000;

  // A clock that nobody can set: a tablet whose clock is put right must not lose a page under a finger.
  let touchedAt = performance.now();
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    document.addEventListener(kind, () => { touchedAt = performance.now(); }, { capture: true, passive: true });
  }

  const seconds = () => (performance.now() - touchedAt) / 1000;

  const isChanged = (field) => {
    if (!field.checkVisibility?.()) return false;
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked !== field.defaultChecked;
    if (field instanceof HTMLSelectElement) {
      return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
    }
    return field.type !== 'hidden' && field.value !== field.defaultValue;
  };

  const isBusy = () => {
    if (document.querySelector('[data-in-act]')) return true;
    if (document.body.dataset.kiosk !== undefined && seconds() > LEFT_S) return false;
    return Boolean(document.querySelector('dialog[open]'))
      || [...document.querySelectorAll('input, textarea, select')].some(isChanged);
  };

  const whenFree = (act, { untouched = 0 } = {}) => {
    const look = () => {
      if (isBusy() || seconds() < untouched) setTimeout(look, LOOK_MS);
      else act();
    };
    look();
  };

  const whenServed = async (act) => {
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(KNOCK_MS) });
      if (answer.ok) return void act();
    } catch {
      // Away: this page stays, and says so.
    }
    setTimeout(() => whenServed(act), AGAIN_MS);
  };

  let isOld = false;
  document.addEventListener('page:old', () => {
    if (isOld) return;
    isOld = true;
    document.documentElement.dataset.pageIs = 'old';
    const renew = () => whenFree(() => whenServed(() => {
      if (isBusy() || seconds() < OLD_S) renew();      // somebody came while the server was away
      else location.reload();
    }), { untouched: OLD_S });
    renew();
  });

  return { seconds, isBusy, whenFree, whenServed };
})();
