// Leaving a page in a hurry. Read before anything of the page is shown. Without this file the link still leaves; with it the
// page goes blank at once, its place in the history is taken, and going back leads nowhere in this tab.
(() => {
  const mark = 'e';
  const window5s = 5000;
  const presses = [];
  let shiftAlone = false;
  let timer = 0;

  const kept = work => {
    try {
      return work(sessionStorage);
    } catch {
      return null;
    }
  };

  function leave() {
    kept(store => store.setItem(mark, '1'));
    document.documentElement.hidden = true;
    document.title = '\u200b';
    document.body?.replaceChildren();
    globalThis.location.replace('/exit');
  }

  // Who left and goes back is sent away again; who comes anew is not.
  const came = performance.getEntriesByType('navigation')[0]?.type;
  if (kept(store => store.getItem(mark))) {
    if (came === 'back_forward') {
      leave();
    } else if (globalThis.location.pathname !== '/calendar') {
      kept(store => store.removeItem(mark));
    }
  }

  addEventListener('pageshow', event => {
    if (event.persisted && kept(store => store.getItem(mark))) {
      leave();
    }
  });

  const place = () => document.querySelector('exit-page');

  function show(words) {
    const exit = place();
    exit?.classList.toggle('exit-counting', presses.length > 0);
    exit?.querySelectorAll('.exit-dots span').forEach((dot, i) => dot.classList.toggle('on', i < presses.length));
    const status = exit?.querySelector('[role=status]');
    if (status) {
      status.textContent = words ?? '';
    }
  }

  function forget() {
    if (presses.length > 0) {
      presses.length = 0;
      clearTimeout(timer);
      show(place()?.dataset.none);
    }
  }

  // Only Shift pressed and let go by itself counts: not one that makes a capital, goes with a click, or is held down.
  document.addEventListener('keydown', event => {
    if (event.key === 'Shift') {
      shiftAlone = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
    } else {
      shiftAlone = false;
      forget();
    }
  }, true);

  document.addEventListener('pointerdown', () => { shiftAlone = false; }, true);

  document.addEventListener('keyup', event => {
    if (event.key !== 'Shift' || !shiftAlone || !place()) {
      return;
    }

    shiftAlone = false;
    const now = performance.now();
    presses.push(now);
    while (now - presses[0] > window5s) {
      presses.shift();
    }

    if (presses.length >= 3) {
      leave();
      return;
    }

    show(presses.length === 1 ? place().dataset.two : place().dataset.one);
    clearTimeout(timer);
    timer = setTimeout(forget, window5s);
  }, true);

  document.addEventListener('click', event => {
    if (event.target instanceof Element && event.target.closest('[data-exit]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      leave();
    }
  }, true);
})();
