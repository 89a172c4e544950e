/* notes.js: the notes of one agenda item save themselves, and never lose a text.
 *
 *   <textarea id="note-text" data-url data-item data-scope data-head="7" data-tips="5,6" data-most="20000">
 *   <p id="note-state"> with one <span data-word="saved|empty|typing|sending|lost|refused|signed-out|branch"> each
 *   <div id="conflicts" data-url>      both texts of two writers, and a proposal
 *   <ul id="note-heads">               a live region: which version is the newest of each item
 *
 * A save says which version it started from (POST {text, based_on, settles}); the server decides whether
 * it is the next one or a branch beside it (kiosk/agenda/notes.py). Until the server has answered, the
 * text also lies in this browser's storage (notes/drafts.js); it is sent when the line is back, and at
 * the next visit. The page never says "saved" by itself.
 *
 * A save that got no answer may be stored all the same. So the same text goes out again first (the
 * server knows it by its words), and only then what was typed since: else a writer would meet a
 * conflict with nobody but himself.
 *
 * Two people at once: a page with nothing unsaved takes over the newest text as soon as it hears of it,
 * so that only words typed within the same moment have to be brought together by a person.
 */
import { Drafts } from './notes/drafts.js';

(() => {
  const QUIET_MS = 1500;               // after the last key
  const AGAIN_MS = [2000, 4000, 8000, 15000];
  const area = document.getElementById('note-text');
  if (!area) return;

  const { url, item, scope } = area.dataset;
  const most = Number(area.dataset.most);
  const mayWrite = !area.readOnly;
  const drafts = new Drafts(scope, item);

  /* ---- What this page knows ---- */

  let base = Number(area.dataset.head);      // the version that this text started from
  let stored = area.value;                   // the text that the server is known to have
  let head = base;                           // the newest version of the main line
  let tips = area.dataset.tips ?? '';        // branches that wait for a person
  let apart = false;                         // this page's own text is a branch
  let flying = null;                         // the text that is on its way
  let unsure = null;                         // a text that was sent and got no answer
  let blocked = '';                          // the text that the server refused
  let failures = 0;
  let timer = 0;

  const dirty = () => area.value !== stored;

  /* ---- What the person is told ---- */

  const state = document.getElementById('note-state');
  const setState = (word, at = null) => {
    state.dataset.state = word;
    for (const span of state.querySelectorAll('[data-word]')) span.hidden = span.dataset.word !== word;
    if (at !== null) state.querySelector('[data-note-at]').textContent = at;
    document.getElementById('note-lost').hidden = word !== 'lost';
    document.getElementById('note-signed-out').hidden = word !== 'signed-out';
  };

  const calm = (at = null) => setState(apart ? 'branch' : head === 0 && !area.value ? 'empty' : 'saved', at);

  const count = () => {
    const [length, shown] = [[...area.value].length, document.querySelector('[data-note-count]')];
    shown.textContent = length.toLocaleString(document.documentElement.lang === 'en' ? 'en' : 'vi');
    shown.parentElement.classList.toggle('too-long', length > most);
  };

  const keepDraft = () => drafts.keep(base, area.value, flying ?? unsure);

  /* ---- Sending ---- */

  const post = (body, keepalive = false) => fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': document.body.dataset.csrf, 'HX-Request': 'true' },
    body: JSON.stringify(body),
    keepalive,
    signal: keepalive ? undefined : AbortSignal.timeout(15000),
  });

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  /* What stands between a text and the server, as a word; the answer's own sentence goes to #notice. */
  const trouble = async (answer) => {
    if (answer.status === 401) return 'signed-out';
    if (answer.status >= 500) return 'lost';
    const notice = document.getElementById('notice');
    if (notice) notice.innerHTML = await answer.text();   // drawn and escaped by our own server
    return 'refused';
  };

  const take = (answer) => {
    head = answer.head;
    apart = answer.is_branch;
    const known = answer.open_tips.join(',');
    if (known !== tips) {
      tips = known;
      showConflicts();
    }
  };

  const save = async () => {
    clearTimeout(timer);
    if (!mayWrite || flying !== null) return;
    if (!dirty() && unsure === null) return void calm();
    const text = unsure ?? area.value;
    if (text === blocked) return;
    flying = text;
    setState('sending');
    keepDraft();
    const key = drafts.keyOf(base);
    let pause = QUIET_MS;
    try {
      const answer = await post({ text, based_on: base });
      if (!answer.ok) {
        const word = await trouble(answer);
        blocked = word === 'refused' ? text : '';
        if (word === 'lost') unsure = text;
        else if (word === 'refused') unsure = null;
        setState(word);
        if (word === 'lost') later(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]);
        return;
      }
      const known = await answer.json();
      failures = 0;
      blocked = '';
      if (unsure !== null) pause = 0;      // what was typed since goes out at once
      unsure = null;
      document.getElementById('notice')?.replaceChildren();
      stored = text;
      base = known.number;
      flying = null;
      drafts.drop(key);
      take(known);
      if (dirty()) {
        keepDraft();
        setState('typing');
      } else {
        calm(known.at);
        if (!apart && head !== base) pull();
      }
    } catch {
      unsure = text;
      setState('lost');
      later(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]);
    } finally {
      flying = null;
      // Keys that were pressed while a save was on its way.
      if (dirty() && state.dataset.state === 'typing') later(pause);
    }
  };

  /* A last save that outlives the page. What the browser will not carry waits as a draft. */
  const leave = () => {
    clearTimeout(timer);
    if (!mayWrite || !dirty() || area.value === blocked) return;
    keepDraft();
    if (flying === null) post({ text: area.value, based_on: base }, true).catch(() => {});
  };

  /* ---- The newest text, for a page that has nothing unsaved ---- */

  const adopt = (text, version, at) => {
    const [start, end, top] = [area.selectionStart, area.selectionEnd, area.scrollTop];
    const focused = document.activeElement === area;
    area.value = text;
    stored = area.value;
    base = head = version;
    apart = false;
    if (focused) area.setSelectionRange(Math.min(start, text.length), Math.min(end, text.length));
    area.scrollTop = top;
    count();
    calm(at);
  };

  const pull = async () => {
    try {
      const answer = await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store' });
      if (!answer.ok) return;
      const newest = await answer.json();
      // Typed meanwhile, or on its way: then the server will keep both.
      if (dirty() || flying !== null || newest.head < base) return;
      adopt(newest.text, newest.head, newest.at);
    } catch {
      // The stream comes back by itself and tells again.
    }
  };

  /* ---- Two texts ---- */

  const panel = document.getElementById('conflicts');
  const proposals = new WeakMap();
  const touched = () => [...panel.querySelectorAll('[data-merged]')].some((each) => each.value !== each.defaultValue);

  const showConflicts = () => {
    // Somebody is at work on a proposal: what came since is kept by the server as well.
    if (!touched()) window.htmx.ajax('GET', panel.dataset.url, { target: '#conflicts', swap: 'innerHTML' });
  };

  const settle = async (button) => {
    const merged = document.getElementById(button.dataset.settle);
    if (!merged || proposals.has(merged)) return;
    proposals.set(merged, true);
    try {
      const answer = await post({ text: merged.value, based_on: Number(merged.dataset.head), settles: [Number(merged.dataset.tip)] });
      if (!answer.ok) {
        const word = await trouble(answer);
        proposals.delete(merged);
        if (word !== 'refused') setState(word);
        return;
      }
      const known = await answer.json();
      merged.value = merged.defaultValue;      // stored: the panel may be drawn anew
      const clean = !dirty() && flying === null;
      take(known);
      showConflicts();
      if (clean && !known.is_branch) pull();
      else if (clean) calm();
    } catch {
      setState('lost');
    }
    proposals.delete(merged);
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-settle]');
    if (button) settle(button);
  });

  /* ---- What the stream says ---- */

  document.addEventListener('live:region', (event) => {
    if (event.detail.id !== 'note-heads') return;
    const line = document.querySelector(`#note-heads [data-item="${CSS.escape(item)}"]`);
    if (!line) return;
    head = Number(line.dataset.head);
    if (line.dataset.tips !== tips) {
      tips = line.dataset.tips;
      showConflicts();
    }
    if (apart && !tips.split(',').includes(String(base)) && !dirty() && flying === null) apart = false;
    if (!dirty() && flying === null && !apart && head !== base) pull();
  });

  /* ---- Drafts of an earlier visit ---- */

  const recover = async () => {
    for (const draft of drafts.left()) {
      if (draft.text === stored) {
        drafts.drop(draft.key);
      } else if (!dirty() && flying === null && (draft.version === head || draft.sent === stored)) {
        // Nobody has written since: the page goes on where it was left.
        drafts.drop(draft.key);
        area.value = draft.text;
        if (draft.version === head && draft.sent !== stored) unsure = draft.sent ?? null;
        keepDraft();
        setState('typing');
        later(0);
      } else {
        // Somebody has: the server keeps it beside the newest, for a person to bring together.
        try {
          let version = draft.version;
          for (const text of new Set([draft.sent ?? draft.text, draft.text])) {
            const answer = await post({ text, based_on: version });
            if (!answer.ok) break;
            const known = await answer.json();
            version = known.number;
            if (text === draft.text) drafts.drop(draft.key);
            const own = apart;
            take(known);
            apart = own;
          }
        } catch {
          return;
        }
      }
    }
    const pause = drafts.lookAgainIn();
    if (pause) setTimeout(recover, pause);
  };

  /* ---- Begin ---- */

  count();
  calm();
  if (!mayWrite) return;
  area.addEventListener('input', () => {
    count();
    keepDraft();
    if (!['lost', 'signed-out'].includes(state.dataset.state)) setState('typing');
    later(failures ? AGAIN_MS[0] : QUIET_MS);
  });
  area.addEventListener('blur', () => { if (dirty()) save(); });
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') save(); });
  window.addEventListener('online', () => { if (dirty()) save(); });
  recover().then(() => count());
})();
