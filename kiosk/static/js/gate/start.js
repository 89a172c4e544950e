/* gate/start.js: the camera runs and sound is heard: after one press in the morning, and by itself after
 * every load of the same day. Browsers want a touch before the first sound of each load; until then the
 * gate reads badges mutely and #sound-off says so.
 */
import { Camera } from './camera.js';

const STARTED = 'gate-started';

/** `take(text)` gets what the camera reads. Returns begin, beginAgain and unlockSound. */
export function starter(gate, sounds, take) {
  const find = (id) => document.getElementById(id);
  let begun = false;

  const unlockSound = async () => {
    const isHeard = await sounds.unlock();
    const line = find('sound-off');
    if (line) line.hidden = isHeard;
  };

  const begin = () => {
    if (begun) return;
    begun = true;
    find('start-over')?.setAttribute('hidden', '');
    try {
      // Kept over a browser that was ended: a gate comes back by itself on the same day.
      localStorage.setItem(STARTED, gate.dataset.today);
    } catch {
      // Without storage the button is asked for again after a load.
    }
    unlockSound();
    const finder = find('finder');
    if (finder) {
      new Camera(finder, { script: gate.dataset.cameraScript, wasm: gate.dataset.cameraWasm }, take).start();
    }
  };

  const beginAgain = () => {
    try {
      if (localStorage.getItem(STARTED) === gate.dataset.today) begin();
    } catch {
      // The button is there.
    }
  };

  // The first touch or key of whoever stands here is enough, wherever it lands.
  for (const kind of ['pointerdown', 'keydown']) {
    document.addEventListener(kind, () => {
      if (begun && find('sound-off')?.hidden === false) unlockSound();
    }, { passive: true });
  }

  return { begin, beginAgain, unlockSound };
}
