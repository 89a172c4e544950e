/* ballot/camera.js: reads one slip and goes on to the ballot, which is another document: when that one
 * shows, this one and its camera are gone. The slip goes along in the window's name, not in an address. */
import { makeHarmless } from '../device/harmless.js';
import { Camera } from '../gate/camera.js';

const SLIP = /^\d{10}$/;
const BACK_S = 30;
const page = document.getElementById('main');
const home = document.body.dataset.home;

makeHarmless();
const camera = new Camera(document.getElementById('finder'), { script: page.dataset.cameraScript, wasm: page.dataset.cameraWasm }, (text) => {
  if (!SLIP.test(text)) return;
  camera.stop();
  window.name = `slip:${text}`;
  location.replace(home);
});
camera.start();
window.addEventListener('pagehide', () => camera.stop());
setTimeout(() => location.replace(home), BACK_S * 1000);
