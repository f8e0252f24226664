// One key for each answer on a pair; the next pair follows by itself.

const isTyping = target => target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

customElements.define('link-review', class extends HTMLElement {
  connectedCallback() {
    this.onKey = event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) {
        return;
      }
      this.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
    };
    document.addEventListener('keydown', this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this.onKey);
  }
});
