// The filter's form in its sheet: each choice shows at once, and the numbers beside the others follow.
{
  const PAUSE = 250; // milliseconds without a key until words are looked for

  function address(form, base) {
    const url = new URL(base, location.href);
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    url.search = new URLSearchParams(chosen);
    return url.href;
  }

  forge.behaviour("filter", (form) => {
    if (!document.querySelector(".board__columns")) return; // the filter's own page is a plain form
    forge.showSavedFilters(form);
    let timer = 0;
    const apply = async () => {
      timer = 0;
      const menu = new URL(document.getElementById("board-filter").href);
      const counts = address(form, menu.pathname);
      await forge.goView(address(form, form.action));
      await forge.refillSheet(counts);
    };
    form.addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(apply, event.target.type === "search" ? PAUSE : 0);
    });
    // Some browsers would empty the field.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target.type !== "search" || event.isComposing) return;
      event.preventDefault();
      forge.closeSheet();
    });
    form.closest(".sheet").addEventListener("beforetoggle", () => {
      if (!timer || !form.isConnected) return;
      clearTimeout(timer);
      apply(); // now, and not over whatever is opened next
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      forge.closeSheet();
    });
    form.addEventListener("click", (event) => {
      if (event.target.closest("a[data-view]")) forge.closeSheet();
    });
  });
}
