// Suggestions under the search line: what every plugin finds while somebody types. Arrows choose, Enter
// opens, Escape closes. Without this the same form leads to the page of results.
(() => {
  "use strict";

  const PAUSE = 160;
  const input = document.getElementById("site-search");
  const list = document.getElementById("site-search-list");
  if (!input || !list) return;
  let timer = 0;
  let asking = null;

  const options = () => [...list.children];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  }

  async function suggest() {
    asking?.abort();
    const words = input.value.trim();
    if (words.length < 2) return show(false);
    asking = new AbortController();
    try {
      const answer = await fetch(`${list.dataset.source}?query=${encodeURIComponent(words)}`, { signal: asking.signal });
      if (!answer.ok) return show(false);
      const drawn = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, "text/html");
      list.replaceChildren(...drawn.querySelectorAll("li"));
      options().forEach((option, place) => { option.id = `suggestion-${place}`; option.setAttribute("aria-selected", "false"); });
      show(list.childElementCount > 0);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, PAUSE); });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = options();
    const place = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? all[place + 1] || all[0] : all[place - 1] || all.at(-1));
    } else if (event.key === "Enter" && place >= 0) {
      event.preventDefault();
      all[place].querySelector("a").click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      show(false);
    }
  });
  input.addEventListener("blur", () => setTimeout(() => show(false), 150));
  input.addEventListener("focus", () => { if (list.childElementCount && input.value.trim().length > 1) show(true); });
})();
