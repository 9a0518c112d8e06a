// What a script adds to pages that work without it: parts load again in place, forms say that they
// are busy, dialogs are modal, `/` searches, `?` shows the keys. No part of a page depends on it.
(() => {
  "use strict";

  const live = document.getElementById("live");
  const say = (words) => { if (live) live.textContent = words; };

  // Load one part of this page again: data-retry on a link, data-part-link for lists, data-part-form
  // for filters. What has the focus keeps it. What looks again by itself says nothing (`quiet`).
  async function load(address, name, remember, quiet) {
    const place = document.getElementById(`part-${name}`);
    if (!place) return false;
    const url = new URL(address, location.href);
    url.searchParams.set("part", name);
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = drawn.getElementById(`part-${name}`);
      if (!fresh) { location.assign(address); return true; }
      const held = place.contains(document.activeElement) && document.activeElement.textContent;
      place.replaceWith(fresh);
      if (held) [...fresh.querySelectorAll("a, button, summary")].find((e) => e.textContent === held)?.focus();
      if (remember) history.pushState({ part: name }, "", address);
      dress(fresh);
      if (!quiet) say(answer.ok ? live.dataset.loaded : live.dataset.failed);
    } catch {
      place.removeAttribute("aria-busy");
      if (quiet) again(place.querySelector("[data-again]"));
      else say(live.dataset.failed);
    }
    return true;
  }

  // Look again after a while, and only while somebody may be looking.
  function again(work) {
    setTimeout(() => {
      if (!work?.isConnected) return;
      if (document.hidden) again(work);
      else load(location.href, work.dataset.again, false, true);
    }, work.dataset.seconds * 1000);
  }

  // What a piece of page gains when it appears: buttons that only a script can serve, and work that
  // looks again by itself for as long as it is shown.
  function dress(piece) {
    for (const button of piece.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
    for (const work of piece.querySelectorAll("[data-again]")) again(work);
    for (const late of piece.querySelectorAll("a[data-late]")) load(late.href, late.dataset.late);
  }

  document.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a[data-retry], a[data-part-link]");
    const opener = event.target.closest("[data-dialog]");
    const closer = event.target.closest("[data-close]");
    const copy = event.target.closest("[data-copy]");
    if (link) {
      const name = link.dataset.retry || link.dataset.partLink;
      if (!document.getElementById(`part-${name}`)) return;
      event.preventDefault();
      load(link.href, name, "partLink" in link.dataset);
    } else if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog)?.showModal();
    } else if (closer?.closest("dialog[open]")) {
      event.preventDefault();
      closer.closest("dialog").close();
    } else if (copy) {
      const text = copy.parentElement.parentElement.querySelector("code, blockquote")?.innerText || "";
      navigator.clipboard.writeText(text).then(() => say(live.dataset.copied));
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.partForm) {
      event.preventDefault();
      const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      load(`${location.pathname}?${asked}`, form.dataset.partForm, true);
    }
    // A form sent twice by an impatient finger is sent once.
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  addEventListener("popstate", (event) => { if (event.state?.part) location.reload(); });

  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  // The keys that this page declares (aria-keyshortcuts), before those of every page.
  function listKeys() {
    const list = document.getElementById("keys-list");
    if (list.dataset.full) return;
    list.dataset.full = "1";
    for (const e of [...document.querySelectorAll("main [aria-keyshortcuts]:not(input)")].reverse()) {
      const [term, words, key] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
      key.textContent = e.ariaKeyShortcuts;
      words.textContent = e.textContent.trim();
      term.append(key);
      list.prepend(term, words);
    }
  }

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("details.menu[open] > summary")?.click();
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
    const keys = document.getElementById("keys");
    const search = document.querySelector("#site-search, form[role=search] input[type=search]");
    const own = [...document.querySelectorAll("main [aria-keyshortcuts]")].find((e) => e.ariaKeyShortcuts === event.key);
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && keys) {
      event.preventDefault();
      if (keys.open) keys.close();
      else { listKeys(); keys.showModal(); }
    } else if (own && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      own.click();
    } else if (event.key === "h" && before === "g") {
      document.querySelector("a.brand")?.click();
    }
    before = event.key;
  });

  // A password may be looked at while it is typed, and is hidden again before it is sent.
  for (const button of document.querySelectorAll("[data-show]")) {
    const input = document.getElementById(button.dataset.show);
    const words = [button.textContent, button.dataset.hideWords];
    const turn = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = words[Number(shown)];
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => turn(input.type === "password"));
    input.form?.addEventListener("submit", () => turn(false));
  }
  for (const note of document.querySelectorAll("[data-caps]")) {
    document.getElementById(note.dataset.caps).addEventListener("keyup", (event) => {
      note.hidden = !event.getModifierState?.("CapsLock");
    });
  }

  // What a notice said once is not said again when the page is opened anew.
  const here = new URL(location.href);
  if (here.searchParams.has("notice")) {
    here.searchParams.delete("notice");
    history.replaceState(history.state, "", here);
  }

  dress(document);
  document.querySelector("[data-focus]")?.focus();
})();
