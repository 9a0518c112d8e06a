// What a script adds to pages that work without it: parts load again in place, forms say that they
// are busy, `/` searches, `?` shows the keys. No part of a page depends on it.
(() => {
  "use strict";

  const live = document.getElementById("live");
  const say = (words) => { if (live) live.textContent = words; };

  // Load one part of this page again: data-retry on a link, or data-part-link for lists and filters.
  async function load(address, name, remember) {
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
      place.replaceWith(fresh);
      if (remember) history.pushState({ part: name }, "", address);
      say(answer.ok ? live.dataset.loaded : live.dataset.failed);
    } catch {
      place.removeAttribute("aria-busy");
      say(live.dataset.failed);
    }
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-retry], a[data-part-link]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const name = link.dataset.retry || link.dataset.partLink;
    if (!document.getElementById(`part-${name}`)) return;
    event.preventDefault();
    load(link.href, name, "partLink" in link.dataset);
  });

  addEventListener("popstate", (event) => { if (event.state?.part) location.reload(); });

  // A form sent twice by an impatient finger is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
    const keys = document.getElementById("keys");
    const search = document.querySelector("#site-search, form[role=search] input[type=search]");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && keys) {
      event.preventDefault();
      keys.open ? keys.close() : keys.showModal();
    } else if (event.key === "h" && before === "g") {
      document.querySelector("a.brand")?.click();
    }
    before = event.key;
  });

  // What a notice said once is not said again when the page is opened anew.
  const here = new URL(location.href);
  if (here.searchParams.has("notice")) {
    here.searchParams.delete("notice");
    history.replaceState(history.state, "", here);
  }

  document.querySelector("[data-focus]")?.focus();
})();
