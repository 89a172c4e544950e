/* device/act.js: marks a page as being in the middle of something (idle.js, data-in-act). */

const READ_MS = 3000;            // what has just been answered is read this long

/** Returns (is) => …: begin, or end once the answer was there long enough to be read. */
export function markActs(element) {
  let timer = 0;
  return (is) => {
    clearTimeout(timer);
    if (is) element.setAttribute('data-in-act', '');
    else timer = setTimeout(() => element.removeAttribute('data-in-act'), READ_MS);
  };
}
