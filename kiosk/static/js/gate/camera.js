/* gate/camera.js: reads badges with the device's camera. The reader and its wasm come from this
 * program alone (data-camera-script, data-camera-wasm on #gate): unasked, the library would call a
 * public network, which the hall has not.
 *
 * The finder tells its state by data-camera, and the page has the words for each:
 *   off       not started yet           asking   the browser is asking for leave
 *   on        pictures are read         denied   leave was refused
 *   none      no camera                 insecure the address is not secure, so there is no camera
 *   broken    camera or reader failed; tried again by itself
 */

const LOOK_MS = 120;             // between two looks; one look takes 5 to 25 ms
const GONE_MS = 2000;            // a badge held in view is one scan until it was away this long
const AGAIN_MS = 5000;

const loadScript = (address) => new Promise((done, fail) => {
  const script = document.createElement('script');
  script.src = address;
  script.addEventListener('load', () => done());
  script.addEventListener('error', () => fail(new Error(`cannot load ${address}`)));
  document.head.append(script);
});

export class Camera {
  #finder;
  #video;
  #addresses;
  #onText;
  #detector = null;
  #stream = null;
  #wanted = false;
  #starting = false;
  #timer = 0;
  #seen = new Map();

  /** @param addresses {script, wasm}; `onText(text)` gets what a code in view says. */
  constructor(finder, addresses, onText) {
    this.#finder = finder;
    this.#video = finder.querySelector('video');
    this.#addresses = addresses;
    this.#onText = onText;
    document.addEventListener('visibilitychange', () => {
      if (!this.#wanted) return;
      if (document.visibilityState === 'hidden') this.#release();
      else this.#run();
    });
  }

  set #state(name) { this.#finder.dataset.camera = name; }

  /** Start reading; the finder tells how it went. */
  start() {
    this.#wanted = true;
    return this.#run();
  }

  /** Stop reading and give the camera back; `start` begins again. */
  stop() {
    this.#wanted = false;
    this.#release();
    this.#state = 'off';
  }

  async #run() {
    if (this.#stream || this.#starting) return;
    if (!window.isSecureContext) { this.#state = 'insecure'; return; }
    if (!this.#video || !navigator.mediaDevices?.getUserMedia) { this.#state = 'none'; return; }
    this.#starting = true;
    this.#state = 'asking';
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      this.#stream.getVideoTracks()[0].addEventListener('ended', () => this.#fail());
      this.#detector ??= await this.#makeDetector();
      this.#video.srcObject = this.#stream;
      await this.#video.play();
      this.#state = 'on';
      this.#look();
    } catch (error) {
      if (error.name === 'NotAllowedError') { this.#release(); this.#state = 'denied'; }
      else if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError') { this.#release(); this.#state = 'none'; }
      else this.#fail();
    } finally {
      this.#starting = false;
    }
  }

  async #makeDetector() {
    if (!window.BarcodeDetectionAPI) await loadScript(this.#addresses.script);
    const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
    // Before the first detector, or a public network is asked for the wasm.
    prepareZXingModule({
      overrides: { locateFile: (path, prefix) => (path.endsWith('.wasm') ? this.#addresses.wasm : prefix + path) },
    });
    return new BarcodeDetector({ formats: ['qr_code'] });
  }

  async #look() {
    if (!this.#stream) return;
    try {
      if (this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        for (const code of await this.#detector.detect(this.#video)) this.#saw(code.rawValue);
      }
    } catch {
      this.#fail();
      return;
    }
    this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #saw(text) {
    const now = performance.now();
    const before = this.#seen.get(text);
    this.#seen.set(text, now);
    for (const [old, at] of this.#seen) if (now - at > GONE_MS) this.#seen.delete(old);
    if (before === undefined || now - before > GONE_MS) this.#onText(text);
  }

  #release() {
    clearTimeout(this.#timer);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    if (this.#video) this.#video.srcObject = null;
  }

  #fail() {
    this.#release();
    this.#state = 'broken';
    this.#timer = setTimeout(() => this.#run(), AGAIN_MS);
  }
}
