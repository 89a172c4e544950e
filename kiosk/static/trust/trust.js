/* trust.js: tries the encrypted address and moves on when this machine trusts it.
 *
 * The page comes over plain HTTP and so is no secure context: nothing newer than fetch is used.
 * A browser tells a page nothing but "it failed", so an address that does not answer looks like
 * one that is not trusted yet; both are tried again. No sentence is written here.
 */
'use strict';

(() => {
  const AGAIN_MS = 3000;
  const PATIENCE_MS = 8000;
  const READ_MS = 1200;      // long enough to read that it worked

  const box = document.getElementById('trying');
  const tried = box && box.dataset.tried;
  if (!tried || !window.fetch) return;

  const say = (which) => {
    box.querySelectorAll('[data-say]').forEach((each) => {
      const shown = each.dataset.say === which;
      if (each.hidden === shown) each.hidden = !shown;
    });
    box.classList.toggle('notice-welcome', which === 'trusted');
  };

  const goOn = () => {
    say('trusted');
    setTimeout(() => location.replace(`${tried}/`), READ_MS);
  };

  let flying = false;

  const look = () => {
    if (document.hidden || flying) return;
    flying = true;
    const stopped = window.AbortController ? new AbortController() : null;
    const patience = setTimeout(() => stopped && stopped.abort(), PATIENCE_MS);
    fetch(`${tried}/trust/ok`, {
      mode: 'cors', credentials: 'omit', cache: 'no-store', signal: stopped ? stopped.signal : undefined,
    }).then((answer) => answer.ok, () => false).then((trusted) => {
      clearTimeout(patience);
      flying = false;
      if (trusted) goOn();
      else {
        say('waiting');
        setTimeout(look, AGAIN_MS);
      }
    });
  };

  // Back from the settings of the machine: look at once.
  document.addEventListener('visibilitychange', look);
  say('trying');
  look();
})();
