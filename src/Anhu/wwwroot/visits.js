// The next visit by one key, and forms that are saved as they are typed. Nothing is kept on the device.

const isTyping = target => target instanceof Element && target.closest('input, textarea, select, button, [contenteditable]') !== null;

// n opens the next visit; Enter opens the line that has the focus, which a link does by itself.
customElements.define('visit-list', class extends HTMLElement {
  connectedCallback() {
    this.onKey = event => {
      if (event.key === 'n' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
        document.querySelector('a[data-next]')?.click();
      }
    };
    document.addEventListener('keydown', this.onKey);
    this.querySelector('a[data-visit]')?.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this.onKey);
  }
});

const pause = 800;
const retry = 5000;

customElements.define('auto-save-form', class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    this.state = this.querySelector('.save-state');
    this.edit = Number(this.dataset.edit) || 0;
    this.saved = this.edit;
    this.onInput = () => this.changed();
    this.onOnline = () => this.save();
    this.onLeave = event => {
      if (this.edit > this.saved && !this.sent) {
        event.preventDefault();
      }
    };
    this.onSubmit = () => {
      this.sent = true;
      clearTimeout(this.timer);
    };
    this.form?.addEventListener('input', this.onInput);
    this.form?.addEventListener('submit', this.onSubmit);
    globalThis.addEventListener('online', this.onOnline);
    globalThis.addEventListener('beforeunload', this.onLeave);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    globalThis.removeEventListener('online', this.onOnline);
    globalThis.removeEventListener('beforeunload', this.onLeave);
    if (this.edit > this.saved && !this.sent) {
      this.save();
    }
  }

  changed() {
    this.edit++;
    this.sent = false;
    this.say('waiting');
    this.later(pause);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  // One save at a time; what changes meanwhile is saved next. Without a line the form itself is the queue.
  async save() {
    if (this.saving || this.edit <= this.saved || this.sent) {
      return;
    }

    const edit = this.edit;
    const fields = {};
    let token = '';
    for (const [name, value] of new FormData(this.form)) {
      if (name === '__RequestVerificationToken') {
        token = value;
      } else if (typeof value === 'string' && value !== '') {
        (fields[name] ??= []).push(value);
      }
    }

    this.saving = true;
    this.say('saving');
    try {
      const answer = await fetch(`/drafts/${encodeURIComponent(this.dataset.key)}`, {
        method: 'PUT', headers: { 'Content-Type': 'application/json', RequestVerificationToken: token }, body: JSON.stringify({ edit, fields }),
      });
      if (answer.status === 409) {
        this.say('older');
        this.saved = this.edit;
      } else if (answer.ok && !answer.redirected) {
        this.saved = edit;
        this.say(this.edit > edit ? 'waiting' : 'saved');
      } else {
        this.say('waiting');
        this.later(retry);
      }
    } catch {
      this.say('waiting');
      this.later(retry);
    } finally {
      this.saving = false;
      if (this.edit > this.saved && this.edit > edit) {
        this.later(pause);
      }
    }
  }

  say(state) {
    if (this.state) {
      this.state.dataset.state = state;
      this.state.textContent = this.dataset[state];
    }
  }
});
