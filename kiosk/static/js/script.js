/* script.js: the chair's page keeps what is to be read in sight.
 *
 * When another item comes on, or the hall is asked, the page goes there by itself; while nothing
 * changes it stays where the chair has scrolled. [data-print] prints the page.
 */
'use strict';

(() => {
  const present = () => document.querySelector('.vote-open')?.id
    ?? document.querySelector('#script-items [aria-current]')?.id ?? '';

  let shown = '';

  const follow = () => {
    const id = present();
    if (id === shown) return;
    shown = id;
    const place = document.getElementById(id);
    if (!place) return;
    if (id === 'script-vote') window.scrollTo({ top: 0 });
    else place.scrollIntoView({ block: 'start' });
  };

  document.addEventListener('live:region', follow);
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-print]')) window.print();
  });
  follow();
})();
