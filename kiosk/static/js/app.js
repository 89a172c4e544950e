/* app.js: what every page of the kiosk needs, whichever room it belongs to.
 *
 * - tells a person when a request got no answer (#link-lost) or a broken one (#server-trouble);
 * - keeps a button from sending twice while its first request still flies;
 * - opens the dialog that a button names: <button data-confirm-dialog="close-vote">;
 *   [data-close-dialog] closes the one around it; <dialog data-open> opens itself when it arrives;
 * - takes toasts (#toasts > .toast) away after 8 s, unless someone is reading them;
 * - ignores touches on a new step ([data-fresh-step]) for 0.6 s, so that a double tap cannot act
 *   on what has just appeared.
 *
 * No sentence is written here: every word stands in the page, where it is translated.
 * htmx itself is set up by <meta name="htmx-config">.
 */
'use strict';

(() => {
  const TOAST_MS = 8000;
  const FRESH_MS = 600;
  const DOWNLOAD_MS = 4000;

  /* ---- Lines that tell of trouble ---- */

  const show = (id, shown) => {
    const element = document.getElementById(id);
    if (element) element.hidden = !shown;
  };

  document.addEventListener('htmx:sendError', () => show('link-lost', true));
  document.addEventListener('htmx:timeout', () => show('link-lost', true));
  document.addEventListener('htmx:responseError', () => show('server-trouble', true));
  document.addEventListener('htmx:beforeRequest', (event) => {
    show('server-trouble', false);
    // A new act: what was refused a moment ago is not what is true now.
    if (event.detail.requestConfig?.verb === 'post') document.getElementById('notice')?.replaceChildren();
  });
  document.addEventListener('htmx:beforeOnLoad', () => show('link-lost', false));

  /* ---- One press, one request ---- */

  // aria-disabled instead of disabled: a disabled button loses the keyboard's focus.
  const flying = new Set();

  const hold = (button) => {
    if (!button || button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    flying.add(button);
  };

  const release = (button) => {
    if (flying.delete(button)) button.removeAttribute('aria-disabled');
  };

  const buttonsOf = (element) => {
    if (!(element instanceof HTMLFormElement)) return element instanceof HTMLButtonElement ? [element] : [];
    return [...element.elements].filter((part) => part.type === 'submit');
  };

  document.addEventListener('click', (event) => {
    const pressed = event.target.closest?.('[aria-disabled="true"]');
    if (!pressed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (buttonsOf(form).some((button) => flying.has(button))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // A plain form: hold its buttons once we know that nobody stopped the sending (htmx does).
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === 'dialog') return;
    const held = buttonsOf(form);
    held.forEach(hold);
    // A download or a new tab: this page stays, so nobody else gives the button back.
    if (form.hasAttribute('data-download') || form.target === '_blank') {
      setTimeout(() => held.forEach(release), DOWNLOAD_MS);
    }
  });

  document.addEventListener('htmx:beforeRequest', (event) => buttonsOf(event.detail.elt).forEach(hold));
  document.addEventListener('htmx:afterRequest', (event) => buttonsOf(event.detail.elt).forEach(release));
  window.addEventListener('pageshow', () => [...flying].forEach(release));

  /* ---- Dialogs ---- */

  const open = (dialog) => {
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  };

  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-confirm-dialog]');
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.confirmDialog));
      return;
    }
    const closer = event.target.closest?.('[data-close-dialog]');
    if (closer) {
      event.preventDefault();
      closer.closest('dialog')?.close();
    }
  });

  /* ---- What arrives in the page: toasts, open dialogs, fresh steps ---- */

  const bornAt = new WeakMap();

  const letGo = (toast) => {
    const leave = () => {
      if (toast.matches(':hover') || toast.contains(document.activeElement)) setTimeout(leave, 1000);
      else toast.remove();
    };
    setTimeout(leave, TOAST_MS);
  };

  const welcome = (element) => {
    if (bornAt.has(element)) return;
    bornAt.set(element, performance.now());
    if (element.matches('.toasts > .toast')) letGo(element);
    if (element.matches('dialog[data-open]')) open(element);
  };

  const MARKS = '.toasts > .toast, dialog[data-open], [data-fresh-step]';

  const welcomeAll = (root) => {
    if (root.matches?.(MARKS)) welcome(root);
    root.querySelectorAll(MARKS).forEach(welcome);
  };

  const tooFresh = (target) => {
    const step = target.closest?.('[data-fresh-step]');
    return step && bornAt.has(step) && performance.now() - bornAt.get(step) < FRESH_MS;
  };

  for (const kind of ['pointerdown', 'click', 'submit']) {
    document.addEventListener(kind, (event) => {
      if (!tooFresh(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }

  const start = () => {
    welcomeAll(document);
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) if (node instanceof Element) welcomeAll(node);
      }
    }).observe(document.body, { childList: true, subtree: true });
  };

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
