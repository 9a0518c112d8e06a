// Suggests categories and tags in use while somebody types. The browser's own list shows them; of several
// tags between commas the last is completed. Without this the same inputs take what is typed.
(() => {
  "use strict";

  const PAUSE = 160;

  function suggesting(input, kind, several) {
    const list = document.createElement("datalist");
    list.id = `${input.id}-terms`;
    input.after(list);
    input.setAttribute("list", list.id);
    input.setAttribute("autocomplete", "off");
    let timer = 0;
    let asking = null;

    async function suggest() {
      asking?.abort();
      const comma = several ? input.value.lastIndexOf(",") + 1 : 0;
      const said = input.value.slice(0, comma);
      const typed = input.value.slice(comma).trim();
      if (!typed) return;
      asking = new AbortController();
      try {
        const answer = await fetch(`/api/library/terms?kind=${kind}&query=${encodeURIComponent(typed)}`, { signal: asking.signal });
        if (!answer.ok) return;
        const { items } = await answer.json();
        list.replaceChildren(...items.map((term) => {
          const option = document.createElement("option");
          option.value = said ? `${said} ${term}` : term;
          return option;
        }));
      } catch (error) {
        if (error.name !== "AbortError") list.replaceChildren();
      }
    }

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, PAUSE); });
  }

  for (const box of document.querySelectorAll("[data-terms]")) {
    const input = box.querySelector("input:not([type=hidden])");
    if (input) suggesting(input, box.dataset.terms, box.dataset.terms === "tag");
  }
})();
