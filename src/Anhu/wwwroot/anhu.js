// The few things that pages do in the browser. Every page works without this file.
// Behaviour lives in custom elements, whose callbacks also fire when enhanced navigation patches the page. An island
// names its own file, which is fetched when the first such element is on a page:
//   <live-board data-module="@Assets["board.js"]"> … </live-board>      board.js: customElements.define('live-board', …)

function loadIslands() {
  for (const island of document.querySelectorAll('[data-module]')) {
    import(new URL(island.dataset.module, document.baseURI));
  }
}

// What went wrong with a form is read out and reached first.
customElements.define('form-errors', class extends HTMLElement {
  connectedCallback() {
    this.focus({ preventScroll: false });
  }
});

const menus = 'details.shell-menu, details.shell-account, details.confirm';

// Menus close as people expect: by a click elsewhere, by Escape, and when the page changes.
document.addEventListener('click', event => {
  for (const menu of document.querySelectorAll(menus)) {
    if (menu.open && !menu.contains(event.target)) {
      menu.open = false;
    }
  }
});

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') {
    return;
  }

  for (const menu of document.querySelectorAll(menus)) {
    if (menu.open) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  }
});

loadIslands();
globalThis.Blazor?.addEventListener('enhancedload', () => {
  loadIslands();
  for (const menu of document.querySelectorAll('details.shell-menu, details.shell-account')) {
    menu.open = false;
  }
});
