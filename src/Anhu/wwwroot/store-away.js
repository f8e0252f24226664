// While the record is away: asks every few seconds whether it is back. A page that was only read opens by itself then; one
// that was sent is never sent twice by itself, its worker sends it again.

const pause = 4000;

customElements.define('store-away', class extends HTMLElement {
  connectedCallback() {
    this.ask();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async ask() {
    try {
      const answer = await fetch('/health/ready', { cache: 'no-store' });
      if (answer.ok && this.isConnected) {
        this.back();
        return;
      }
    } catch {
      // The line is away as well: asked again below.
    }

    clearTimeout(this.timer);
    if (this.isConnected) {
      this.timer = setTimeout(() => this.ask(), pause);
    }
  }

  back() {
    if (this.dataset.kept) {
      this.querySelector('[role=status]').textContent = this.dataset.back;
      this.querySelector('button')?.focus();
    } else {
      globalThis.location.replace(this.querySelector('a').href);
    }
  }
});
