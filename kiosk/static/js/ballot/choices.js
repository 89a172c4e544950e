/* ballot/choices.js: what is marked on the ballot, and what the page says about it.
 *
 * Type A: each candidate is chosen or not; at most `seats` of them. Shown as *choose* (a press ticks) or
 * *strike* (a press strikes out, whoever is left is chosen); the ballot is the same.
 * Type B: yes, no or nothing for each.
 */

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => String(facts[name]));

export class Choices {
  #page;
  #words;
  #kind;
  #marks;

  constructor(page, words, kind) {
    this.#page = page;
    this.#words = words;
    this.#kind = kind;
    this.#marks = new Array(kind.count).fill('');
  }

  get #isB() { return this.#kind.type === 'B'; }

  get #strikes() { return !this.#isB && this.#kind.style === 'strike'; }

  /** Candidates chosen on a ballot of type A, by place. */
  #chosen() {
    return this.#marks.flatMap((mark, place) => ((mark === 'on') !== this.#strikes ? [place] : []));
  }

  /** Forget everything that was marked. */
  empty() {
    this.#marks.fill('');
    for (const button of this.#page.querySelectorAll('[data-index]')) {
      button.setAttribute(button.dataset.mark ? 'aria-pressed' : 'aria-checked', 'false');
    }
  }

  /** A press on candidate `place`; for type B on its `mark`. */
  press(place, mark) {
    for (const each of this.#page.querySelectorAll('.choice-refused')) each.classList.remove('choice-refused');
    if (this.#isB) {
      this.#marks[place] = this.#marks[place] === mark ? '' : mark;
    } else if (this.#marks[place] === 'on') {
      this.#marks[place] = '';
    } else if (!this.#strikes && this.#chosen().length >= this.#kind.seats) {
      const refused = this.#page.querySelector(`.choice[data-index="${place}"]`);
      refused.classList.add('choice-refused');
      this.draw();
      this.#say(fill(this.#words.tooMany, { seats: this.#kind.seats, name: this.#name(place) }), true);
      return;
    } else {
      this.#marks[place] = 'on';
    }
    this.draw();
  }

  #name(place) { return this.#page.querySelectorAll('.names .name')[place].textContent; }

  #unit(place) { return this.#page.querySelectorAll('.names .unit')[place].textContent; }

  #say(text, isAsking) {
    const line = document.getElementById('left-count');
    line.querySelector('[data-words]').textContent = text;
    line.querySelector('[data-icon]').hidden = !isAsking;
    line.classList.toggle('left-count-full', isAsking);
  }

  /** Bring buttons and the line above them up to date. */
  draw() {
    for (const button of this.#page.querySelectorAll('[data-index]')) {
      const mark = this.#marks[Number(button.dataset.index)];
      if (button.dataset.mark) button.setAttribute('aria-pressed', String(mark === button.dataset.mark));
      else button.setAttribute('aria-checked', String(mark === 'on'));
    }
    const { seats, count } = this.#kind;
    if (this.#isB) {
      this.#say(fill(this.#words.marked, { marked: this.#marks.filter(Boolean).length, all: count }), false);
      return;
    }
    const kept = this.#chosen().length;
    if (this.#strikes) {
      const struck = count - kept;
      if (kept > seats) this.#say(fill(this.#words.strikeMore, { kept, seats, more: kept - seats }), true);
      else this.#say(fill(this.#words.strikeLeft, { struck, kept, seats }), false);
      return;
    }
    this.#page.querySelector('.names').classList.toggle('names-full', kept === seats);
    this.#say(kept === seats ? fill(this.#words.full, { seats }) : fill(this.#words.left, { chosen: kept, left: seats - kept }), false);
    [...document.querySelectorAll('#left-count .pips li')].forEach((pip, place) => pip.classList.toggle('taken', place < kept));
  }

  /** False, with the reason on the page, while there is too much on the ballot. */
  mayGoOn() {
    if (this.#isB || this.#chosen().length <= this.#kind.seats) return true;
    this.draw();
    return false;
  }

  isBlank() { return this.#isB ? !this.#marks.some(Boolean) : this.#chosen().length === 0; }

  /** Fill the review step. */
  drawReview(section) {
    const list = section.querySelector('[data-list]');
    const note = section.querySelector('[data-fewer]');
    const title = section.querySelector('h1');
    const rows = this.#isB ? this.#marks.map((_, place) => place) : this.#chosen();
    list.replaceChildren(...rows.map((place, index) => this.#row(place, index)));
    const left = this.#isB ? this.#marks.filter((mark) => !mark).length : this.#kind.seats - rows.length;
    title.textContent = this.#isB ? this.#words.reviewB : fill(this.#words.chose, { chosen: rows.length });
    note.hidden = left === 0;
    note.querySelector('[data-words]').textContent = fill(this.#isB ? this.#words.unmarked : this.#words.fewer, { left, chosen: rows.length });
  }

  #row(place, index) {
    const row = document.createElement('li');
    const number = document.createElement('span');
    number.className = 'n';
    number.textContent = String(index + 1);
    const who = document.createElement('div');
    const parts = [['name', this.#name(place)], ['unit', this.#unit(place)]];
    if (this.#isB) {
      const said = { yes: this.#words.yes, no: this.#words.no }[this.#marks[place]] ?? this.#words.none;
      parts.push(['verdict', said]);
    }
    for (const [kind, text] of parts) {
      const line = document.createElement('p');
      line.className = kind;
      line.textContent = text;
      who.append(line);
    }
    const face = document.querySelectorAll('.names .face')[place];
    row.append(number, ...(face ? [face.cloneNode()] : []), who);
    return row;
  }

  /** What is sealed: one number per candidate. Type A: 1 chosen, 0 not. Type B: 1 yes, 2 no, 0 nothing. */
  bytes() {
    if (this.#isB) return this.#marks.map((mark) => ({ yes: 1, no: 2 }[mark] ?? 0));
    const chosen = new Set(this.#chosen());
    return this.#marks.map((_, place) => (chosen.has(place) ? 1 : 0));
  }
}
