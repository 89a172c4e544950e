/* idle.js: is a person at work here? What must not happen under a finger asks this first.
 *
 *   Idle.seconds()            seconds since the last touch or key, or since the page came
 *   Idle.isBusy()             a person is in the middle of something
 *   Idle.whenFree(act, {untouched: 30})   act once nobody is, and nobody has touched so long
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

  let isOld = false;
  document.addEventListener('page:old', () => {
    if (isOld) return;
    isOld = true;
    document.documentElement.dataset.pageIs = 'old';
    whenFree(() => location.reload(), { untouched: OLD_S });
  });

  return { seconds, isBusy, whenFree };
})();
