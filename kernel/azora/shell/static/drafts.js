// Keeps what is typed into a form as a draft on the server while somebody types, and says so below the
// form. Pages work without it: the button keeps a draft too, and so does whatever cannot be saved.
(() => {
  "use strict";
  const TYPING = 1500, LONGEST = 10000, SLOWEST = 30000;

  class Draft {
    constructor(form, line) {
      Object.assign(this, { form, line, wait: TYPING, first: 0, over: false, sending: null });
      this.kept = line.dataset.draft === "now" ? "" : this.typed();
      form.addEventListener("input", () => this.later(TYPING));
      form.addEventListener("submit", () => { this.over = true; clearTimeout(this.timer); this.sending?.abort(); });
      addEventListener("pageshow", (event) => { if (event.persisted) this.over = false; });
      addEventListener("pagehide", () => this.atLast());
      addEventListener("beforeunload", (event) => { if (this.failing && this.differs()) event.preventDefault(); });
      if (this.differs()) this.later(0);
    }

    // Everything but files, which come with the form itself, and what no person types.
    fields() {
      const fields = new FormData(this.form);
      for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
      return fields;
    }

    typed() {
      const fields = this.fields();
      for (const name of ["csrf_token", "once"]) fields.delete(name);
      return new URLSearchParams(fields).toString();
    }

    differs() { return !this.over && this.typed() !== this.kept; }

    later(wait) {
      this.first ||= Date.now();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(wait, this.first + LONGEST - Date.now())));
    }

    async keep() {
      if (this.sending || !this.differs()) return;
      const typed = this.typed();
      this.sending = new AbortController();
      let status = 0;
      try {
        status = (await fetch(location.pathname, this.request({ signal: this.sending.signal }))).status;
      } catch { /* no answer: the status stays 0 */ }
      this.sending = null;
      if (!this.over) this.answered(status, typed);
    }

    request(more) {
      const body = this.fields();
      body.set("_draft_act", "quietly");
      return { method: "POST", body, credentials: "same-origin", redirect: "manual", ...more };
    }

    answered(status, typed) {
      this.failing = status !== 204;
      this.first = 0;
      if (!this.failing) {
        this.kept = typed;
        this.wait = TYPING;
        this.say("kept");
        if (this.differs()) this.later(TYPING);
        return;
      }
      const gone = status === 401 || status === 403;
      const lasting = status >= 400 && status < 500 && !gone && status !== 429;
      this.say(gone ? "out" : lasting ? "refused" : "waiting");
      this.wait = Math.min(this.wait * 2, SLOWEST);
      if (!lasting) { this.first = Date.now(); this.timer = setTimeout(() => this.keep(), this.wait); }
    }

    atLast() {
      if (!this.differs()) return;
      const { body } = this.request({});
      navigator.sendBeacon(location.pathname, body);
    }

    say(what) {
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      this.line.textContent = this.line.dataset[what].replace("{time}", time);
    }
  }

  for (const line of document.querySelectorAll("form [data-draft]")) new Draft(line.closest("form"), line);
})();
