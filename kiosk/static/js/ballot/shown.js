/* ballot/shown.js: whether the page shows the ballot that is fingerprinted and sealed. One object, the
 * definition, is hashed, builds the choices and is compared with what stands on the page: names, their
 * places, the kind of marks, and whether names are struck out. */

/** The names as they stand on the page, in their order. */
export const namesOn = (page) => [...page.querySelectorAll('.names .name, .box-list .name')].map((each) => each.textContent.trim());

/** The definition whose names are those on the page; an error when the page shows another ballot. */
export function shown(page, said) {
  const names = namesOn(page);
  const strikes = said.kind === 'A' && said.style === 'strike';
  const isSame = (ones, others) => ones.length === others.length && ones.every((one, at) => one === others[at]);
  const rows = [...page.querySelectorAll('.names .choice, .names .choice-b')];
  const marks = rows.map((row) => [row, ...row.querySelectorAll('*')]
    .filter((each) => each.dataset.index !== undefined)
    .map((each) => `${each.dataset.index}${each.dataset.mark ?? ''}`));
  const sound = isSame(names, said.candidates)
    && rows.length === names.length
    && rows.every((row, at) => row.querySelector('.name')?.textContent.trim() === names[at]
      && isSame(marks[at], said.kind === 'B' ? [`${at}yes`, `${at}no`] : [`${at}`])
      && (row.querySelector('.struck-out') !== null) === strikes);
  if (!sound) throw new Error('the page shows another ballot');
  return { ...said, candidates: names };
}
