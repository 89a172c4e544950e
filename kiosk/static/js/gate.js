/* gate.js: the gate's page. Codes come from a USB scanner (gate/keys.js), from typed digits and from
 * the camera (gate/camera.js); gate/sender.js brings them to the server; the answer, a fragment made
 * by the server, takes the place of #answer. This file alone never says "welcome".
 *
 *   <body class="hand" data-csrf="…">
 *   <div class="gate" id="gate" data-scan-url="/gate/scan" data-today="2026-03-12"
 *        data-camera-script="…" data-camera-wasm="…">
 *     <section class="finder" id="finder" data-camera="off"><video muted playsinline></video>…
 *     <section class="answer answer-wait" id="answer" data-outcome="waiting" role="status">…
 *     <button id="typed-open">, <button id="undo-open" hidden>
 *   <div class="start-over" id="start-over">… <button id="start">; <button id="sound-off" hidden>
 *   <dialog id="typed"> form, #typed-code, [data-key="0…9|back|clear"], #typed-said[data-said]
 *   <dialog id="undo"> form with name="reason"
 *   <template id="answer-wait">, "answer-busy", "answer-lost", "undo-lost"; "answer-cut" (the line is
 *     gone and nobody stands here), "answer-full" (no more can be kept), "answer-back" (all is sent)
 *   <button id="late-open" hidden>, <dialog id="late"> with <ol id="late-list">: what was sent late
 *   <span id="gate-ways" data-out="3 5">: gates that let out; #gate has data-gate, data-direction
 *
 * An answer may carry data-undo-url (then "undo" shows), data-undo-who (the name in its dialog) and
 * data-undo-what (entry or leaving: which reasons the dialog offers). [data-kept] and [data-sent] in
 * a template are filled with numbers. #gate[data-link] is "cut" while the server cannot be reached.
 */
import { markActs } from './device/act.js';
import { setUpTyping } from './gate/keypad.js';
import { listenForScanner } from './gate/keys.js';
import { listLate } from './gate/late.js';
import { ScanQueue, post } from './gate/sender.js';
import { Sounds } from './gate/sounds.js';
import { starter } from './gate/start.js';

const BADGE_DIGITS = 14;
const NO_BADGE = '?';            // "something was read that is no badge": its text stays on this device
const BUSY_AFTER_MS = 250;
const WAIT_AFTER_MS = 20000;
const KINDS = ['welcome', 'already', 'guest', 'left', 'ask', 'lost'];

const find = (id) => document.getElementById(id);
const gate = find('gate');
const sounds = new Sounds();

/* ---- The answer ---- */

let busyTimer = 0;
let waitTimer = 0;

function show(section) {
  clearTimeout(busyTimer);
  clearTimeout(waitTimer);
  section.id = 'answer';
  section.tabIndex = 0;          // a long sentence scrolls on a phone; the keyboard must reach it
  section.setAttribute('role', 'status');
  section.setAttribute('aria-live', 'assertive');
  find('answer').replaceWith(section);
  const undo = find('undo-open');
  if (undo) undo.hidden = !section.dataset.undoUrl;
}

function showTemplate(id, numbers = {}) {
  const section = find(id)?.content.querySelector('section.answer')?.cloneNode(true);
  if (!section) return false;
  for (const [name, number] of Object.entries(numbers)) {
    for (const place of section.querySelectorAll(`[data-${name}]`)) place.textContent = String(number);
  }
  show(section);
  return true;
}

function showWaiting() {
  // While someone chooses a reason to undo, the answer it belongs to stays.
  if (find('undo')?.open) waitTimer = setTimeout(showWaiting, WAIT_AFTER_MS);
  else if (!queue.isCut || !showTemplate('answer-cut', { kept: queue.waiting })) showTemplate('answer-wait');
}

function conclude(section, lostTemplate) {
  if (section) show(section);
  else showTemplate(lostTemplate);
  const shown = find('answer');
  sounds.play(KINDS.find((kind) => shown.classList.contains(`answer-${kind}`)));
  waitTimer = setTimeout(showWaiting, WAIT_AFTER_MS);
}

/* ---- Scans ---- */

// From a scan until its answer was read, this page must not be changed for another one.
const inAct = markActs(gate);

// The server's time as this page last heard it, and how long ago by a clock that nobody can set: a
// tablet whose own clock is wrong, or is put right in between, claims the true moment all the same.
let anchor = { at: Date.parse(document.body.dataset.now ?? '') || Date.now(), born: performance.now() };

document.addEventListener('live:now', (event) => {
  anchor = { at: event.detail.at, born: performance.now() };
});

const here = () => ({
  claimed_at: new Date(anchor.at + performance.now() - anchor.born).toISOString(),
  direction: gate.dataset.direction ?? 'in',
});

const queue = new ScanQueue(gate.dataset.scanUrl, `gate-kept-${gate.dataset.gate ?? ''}`, here, {
  onSend: () => {
    clearTimeout(waitTimer);
    inAct(true);
    // A slow answer must not leave the green of the last person before the next one.
    busyTimer = setTimeout(() => showTemplate('answer-busy'), BUSY_AFTER_MS);
  },
  onAnswer: (scan, section) => {
    inAct(false);
    gate.dataset.link = 'on';
    conclude(section, 'answer-lost');
  },
  onLate: (scan, section) => {
    inAct(false);
    gate.dataset.link = 'on';
    listLate(scan, section);
  },
  onCut: (kept, scan) => {
    inAct(false);
    gate.dataset.link = 'cut';
    for (const place of gate.querySelectorAll('.gate-top [data-kept]')) place.textContent = String(kept);
    if (!scan) {
      showTemplate('answer-cut', { kept });
      return;
    }
    showTemplate('answer-lost', { kept });
    sounds.play('lost');
    waitTimer = setTimeout(showWaiting, WAIT_AFTER_MS);
  },
  onBack: (sent, wasLate) => {
    gate.dataset.link = 'on';
    if (!wasLate) return;        // the last one's own answer stands there
    if (sent > 0 && showTemplate('answer-back', { sent })) waitTimer = setTimeout(showWaiting, WAIT_AFTER_MS);
    else showWaiting();
  },
});

// The stream is the first to notice that the server is gone: then ask, before anybody scans.
new MutationObserver(() => {
  if (document.documentElement.dataset.liveState !== 'open') queue.doubt();
}).observe(document.documentElement, { attributes: true, attributeFilter: ['data-live-state'] });

/** The badge's digits out of what was read, or the sign for "no badge". */
export function badgeOf(text) {
  const digits = String(text).replace(/[\s.-]/g, '');
  return new RegExp(`^[0-9]{${BADGE_DIGITS}}$`).test(digits) ? digits : NO_BADGE;
}

function take(text) {
  if (queue.push(badgeOf(text))) return;
  showTemplate('answer-full', { kept: queue.waiting });
  sounds.play('lost');
}

/* ---- Which way this gate lets people through ---- */

function turn() {
  const ways = find('gate-ways');
  if (!ways) return;
  const out = (ways.dataset.out ?? '').split(' ').includes(gate.dataset.gate);
  gate.dataset.direction = out ? 'out' : 'in';
}

document.addEventListener('live:region', (event) => {
  if (event.detail.id === 'gate-ways') turn();
});

listenForScanner((text) => {
  begin();                                       // keys count as a press: sound may start
  if (find('undo')?.open) sounds.play('ask');    // one thing at a time: the reason first
  else {
    find('typed')?.close();
    take(text);
  }
});

/* ---- Undo ---- */

function setUpUndo() {
  const dialog = find('undo');
  const opener = find('undo-open');
  if (!dialog || !opener) return;
  const form = dialog.querySelector('form');
  const send = form.querySelector('[type="submit"]');
  let address = '';

  opener.addEventListener('click', () => {
    const answer = find('answer');
    address = answer.dataset.undoUrl ?? '';
    if (!address) return;
    form.reset();
    const who = dialog.querySelector('[data-undo-who]');
    if (who) who.textContent = answer.dataset.undoWho ?? '';
    const what = answer.dataset.undoWhat ?? 'entry';
    for (const part of dialog.querySelectorAll('[data-undo]')) {
      part.hidden = part.dataset.undo !== what;
      if (part instanceof HTMLFieldSetElement) part.disabled = part.hidden;
    }
    dialog.showModal();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (send.getAttribute('aria-disabled') === 'true') return;
    send.setAttribute('aria-disabled', 'true');
    const section = await post(address, new FormData(form));
    send.removeAttribute('aria-disabled');
    dialog.close();
    conclude(section, 'undo-lost');
  });
}

/* ---- Start, once a day ---- */

const { begin, beginAgain, unlockSound } = starter(gate, sounds, take);

turn();
setUpTyping((digits) => {
  begin();
  take(digits);
});
setUpUndo();
find('late-open')?.addEventListener('click', () => find('late')?.showModal());
find('start')?.addEventListener('click', begin);
find('sound-off')?.addEventListener('click', unlockSound);
find('start')?.focus();
beginAgain();
