// The few things that pages do in the browser. Every page works without this file.
// Behaviour lives in custom elements, whose callbacks also fire when enhanced navigation patches the page;
// other modules bring their own file and define theirs with `define`.

/** Defines a custom element once, however often a page is patched. */
export function define(name, element) {
  if (!customElements.get(name)) {
    customElements.define(name, element);
  }
}

// What went wrong with a form is read out and reached first.
define('form-errors', class extends HTMLElement {
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

globalThis.Blazor?.addEventListener('enhancedload', () => {
  for (const menu of document.querySelectorAll('details.shell-menu, details.shell-account')) {
    menu.open = false;
  }
});
