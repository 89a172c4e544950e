/* notes/drafts.js: a text that the server does not have yet also lies in this browser's storage, under
 * conference, item, version and page, so that neither a closed page nor a dead laptop loses it.
 *
 * A draft is {text, sent, at}: `sent` is a text that was on its way when the draft was kept, and that
 * the server may or may not have; `at` is this device's clock.
 */

const NAME = 'kiosk-note-page';
const OPEN = 'kiosk-note-page-open';
const OTHERS_DRAFT_MS = 8000;        // a draft that young may belong to a page that is still open

const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(4)), (b) => b.toString(16)).join('');

/* A tab keeps its name over a reload. A tab that was duplicated brings the name of another with it,
 * which is still open: two pages under one name would write over each other's draft. */
const pageName = (() => {
  try {
    const known = sessionStorage.getItem(OPEN) ? null : sessionStorage.getItem(NAME);
    const name = known ?? newName();
    sessionStorage.setItem(NAME, name);
    sessionStorage.setItem(OPEN, '1');
    window.addEventListener('pagehide', () => sessionStorage.removeItem(OPEN));
    window.addEventListener('pageshow', () => sessionStorage.setItem(OPEN, '1'));
    return name;
  } catch {
    return newName();
  }
})();

export class Drafts {
  #prefix;

  /** @param scope the conference, @param item the item's id */
  constructor(scope, item) {
    this.#prefix = `kiosk-note/${scope}/${item}/`;
  }

  keyOf(version) { return `${this.#prefix}${version}/${pageName}`; }

  keep(version, text, sent) {
    try {
      localStorage.setItem(this.keyOf(version), JSON.stringify({ text, sent, at: Date.now() }));
    } catch {
      // Full or switched off: the text still stands in the page, and the line above says "not saved".
    }
  }

  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // As above.
    }
  }

  /** Drafts of earlier visits, oldest first, each with its key and version; `young` are left out. */
  left() {
    return this.#all().filter((draft) => draft.page === pageName || !this.#isYoung(draft));
  }

  /** Milliseconds until the next look at drafts that may still belong to an open page; 0 for never. */
  lookAgainIn() {
    return this.#all().some((draft) => draft.page !== pageName && this.#isYoung(draft)) ? OTHERS_DRAFT_MS : 0;
  }

  #isYoung(draft) {
    const age = Date.now() - (draft.at ?? 0);
    return age >= 0 && age < OTHERS_DRAFT_MS;      // one of the future is of a clock that was set
  }

  #all() {
    const found = [];
    try {
      for (let at = 0; at < localStorage.length; at += 1) {
        const key = localStorage.key(at);
        if (!key?.startsWith(this.#prefix)) continue;
        const [version, page] = key.slice(this.#prefix.length).split('/');
        let draft = null;
        try {
          draft = JSON.parse(localStorage.getItem(key));
        } catch {
          // Not ours any more.
        }
        if (typeof draft?.text === 'string' && /^\d+$/.test(version)) {
          found.push({ key, version: Number(version), page, ...draft });
        }
      }
    } catch {
      return [];
    }
    return found.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  }
}
