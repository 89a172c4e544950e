/* kiosk.js: what every page on a gate, tablet or wall does, and the page that waits to be paired.
 *
 *   <body class="… kiosk" data-kiosk data-device="3" data-shows="gate" data-leave="/" data-scopes="…">
 *
 * Parts: device/awake.js keeps the screen on, device/harmless.js takes zoom, menus and Back their
 * effect, device/follow.js goes where this device belongs, device/recycle.js loads calm pages anew,
 * device/worker.js registers the page for the time when the server is away; beat.js says that it lives.
 */
import { startBeat } from './beat.js';
import { keepAwake } from './device/awake.js';
import { follow } from './device/follow.js';
import { makeHarmless } from './device/harmless.js';
import { recycleByAge } from './device/recycle.js';
import { registerAway } from './device/worker.js';

keepAwake();
makeHarmless();
registerAway();
if (document.body.dataset.device) {
  startBeat();
  follow();
  recycleByAge();
}
