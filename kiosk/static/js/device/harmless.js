/* device/harmless.js: palms, long presses and thumbs at the edge do nothing (lessons 40, 43).
 *
 * Pinch and double tap are forbidden by `touch-action` in kiosk.css; what is left is done here. The
 * viewport is not told `user-scalable=no`: old iPads ignore it, and it says to people with weak eyes
 * that zoom is broken, where in truth the text is large already.
 *
 * Back: the first touch puts an entry of our own on top of the history, and whoever goes back finds
 * another one there. A browser that skips it reaches an earlier page of ours, and every one of those
 * leads back to where this device belongs.
 */

const isField = (element) => element?.matches?.('input, textarea, select, [contenteditable]');
const active = { passive: false, capture: true };

const stop = (event) => event.preventDefault();
const stopOutsideFields = (event) => { if (!isField(event.target)) event.preventDefault(); };

/** Take zoom, selection, menus, dragging and Back their effect. */
export function makeHarmless() {
  document.addEventListener('contextmenu', stop, active);
  document.addEventListener('dragstart', stop, active);
  document.addEventListener('dragover', stop, active);
  document.addEventListener('drop', stop, active);
  document.addEventListener('selectstart', stopOutsideFields, active);
  // Safari's own pinch; and the pinch of a laptop's pad, which comes as a wheel with Ctrl.
  document.addEventListener('gesturestart', stop, active);
  document.addEventListener('gesturechange', stop, active);
  document.addEventListener('wheel', (event) => { if (event.ctrlKey) event.preventDefault(); }, active);
  document.addEventListener('touchmove', (event) => { if (event.touches.length > 1) event.preventDefault(); }, active);
  document.addEventListener('keydown', (event) => {
    const zooms = (event.ctrlKey || event.metaKey) && /^[-+=0]$|^(Add|Subtract)$/.test(event.key);
    const leaves = event.altKey && /^(ArrowLeft|ArrowRight)$/.test(event.key);
    if (zooms || leaves) event.preventDefault();
  }, active);

  const guard = () => {
    if (!history.state?.kioskGuard) history.pushState({ kioskGuard: true }, '');
  };
  // Browsers skip entries that no touch stands behind, so it waits for one.
  document.addEventListener('pointerdown', guard, { passive: true });
  window.addEventListener('popstate', () => history.pushState({ kioskGuard: true }, ''));
}
