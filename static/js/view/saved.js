// Filters that this browser keeps for a board: saved by a click under the words of their chips, shown at the top of the sheet.
{
  const MOST = 12;
  const LONGEST = 60;
  const key = () => `taskforge:filters:${location.pathname}`;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key()) ?? "[]");
    } catch {
      return []; // what is stored there is not ours, or nothing may be stored
    }
  }

  function write(saved) {
    try {
      localStorage.setItem(key(), JSON.stringify(saved.slice(0, MOST)));
    } catch {
      forge.toast("This browser keeps no filters for this page.", "danger");
    }
  }

  const words = () => [...document.querySelectorAll("#board-chips bdi")].map((chip) => chip.textContent).join(", ").slice(0, LONGEST);

  function row({ name, query }, forget) {
    const place = document.getElementById("saved-filter").content.cloneNode(true);
    const link = place.querySelector("a");
    link.href = location.pathname + query;
    link.querySelector("bdi").textContent = name;
    if (query === location.search) link.ariaCurrent = "true";
    const button = place.querySelector("button");
    button.ariaLabel = `Forget ${name}`;
    button.addEventListener("click", forget);
    return place;
  }

  forge.showSavedFilters = (form) => {
    const saved = read();
    const list = form.querySelector(".filter__saved");
    const save = form.querySelector("[data-save]");
    const replace = (filters) => {
      write(filters);
      forge.showSavedFilters(form);
    };
    list.hidden = !saved.length;
    list.replaceChildren(...saved.map((one) => row(one, () => replace(saved.filter((other) => other !== one)))));
    save.disabled = !words() || saved.some(({ query }) => query === location.search);
    save.onclick = () => {
      replace([{ name: words(), query: location.search }, ...saved]);
      form.querySelector("[data-sheet-close]").focus();
    };
  };
}
