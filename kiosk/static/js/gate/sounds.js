/* gate/sounds.js: one short sound for each kind of answer, made here, so that no file has to load.
 * Welcome rises in two tones; already in is one middle tone; a guest hears three soft ones; who leaves hears two that
 * fall; "ask the
 * desk" and a lost line are two low buzzes. Browsers want a press before the first sound.
 */

// [pitch in Hz, begin in s, length in s]
const TUNES = {
  welcome: { wave: 'sine', volume: 0.5, tones: [[660, 0, 0.13], [990, 0.14, 0.22]], shake: [60] },
  already: { wave: 'sine', volume: 0.4, tones: [[523, 0, 0.28]], shake: [40, 60, 40] },
  guest: { wave: 'sine', volume: 0.3, tones: [[523, 0, 0.12], [659, 0.15, 0.12], [784, 0.3, 0.22]], shake: [60] },
  left: { wave: 'sine', volume: 0.4, tones: [[784, 0, 0.13], [523, 0.14, 0.22]], shake: [60] },
  ask: { wave: 'square', volume: 0.25, tones: [[165, 0, 0.22], [147, 0.3, 0.34]], shake: [180, 80, 180] },
  lost: { wave: 'square', volume: 0.25, tones: [[147, 0, 0.3], [147, 0.4, 0.3]], shake: [300, 100, 300] },
};

export class Sounds {
  #context = null;

  /** Ask for sound. Call it from a press; returns true when sound will be heard. */
  async unlock() {
    if (!window.AudioContext) return true;       // nothing to unlock on such a device
    try {
      this.#context ??= new AudioContext();
      // Without a press, resume() may wait for ever: half a second tells.
      await Promise.race([
        this.#context.resume(),
        new Promise((done) => setTimeout(done, 500)),
      ]);
      return this.#context.state === 'running';
    } catch {
      return false;
    }
  }

  /** Play the tune of `kind`, and let the device tremble where it can. An unknown kind is silent. */
  play(kind) {
    const tune = TUNES[kind];
    if (!tune) return;
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(tune.shake);
    if (this.#context?.state !== 'running') return;
    const now = this.#context.currentTime + 0.02;
    for (const [pitch, begin, length] of tune.tones) {
      const tone = this.#context.createOscillator();
      const loudness = this.#context.createGain();
      tone.type = tune.wave;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, now + begin);
      loudness.gain.exponentialRampToValueAtTime(tune.volume, now + begin + 0.015);
      loudness.gain.exponentialRampToValueAtTime(0.0001, now + begin + length);
      tone.connect(loudness).connect(this.#context.destination);
      tone.start(now + begin);
      tone.stop(now + begin + length + 0.02);
    }
  }
}
