// Quick-add: the field works by itself; what reads the line while it is typed is fetched when somebody first begins one.
{
  /** Today where the person is, as a text like "2026-05-12". */
  forge.today = () => {
    const now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  };

  forge.behaviour("quick-add-live", (form) => {
    const input = form.elements.title;
    const wait = () => input.addEventListener("focus", begin, { once: true });
    const begin = async () => {
      try {
        await import(document.getElementById("quick-add-code").dataset.code);
        forge.readWhileTyping(form);
      } catch {
        wait(); // no connection; the next time somebody comes here
      }
    };
    // Before htmx reads the form.
    form.addEventListener("submit", () => { form.elements.today.value = forge.today(); }, { capture: true });
    if (document.activeElement === input) begin();
    else wait();
  });

  /** Open the quick-add of a lane's cell; answers its form, or goes to the page that the link leads to. */
  forge.addInLane = async (link) => {
    try {
      await import(document.getElementById("quick-add-code").dataset.code);
      if (link.isConnected) return forge.openLaneAdd(link);
    } catch {
      location.assign(link.href);
    }
    return null;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".lane-add");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    forge.addInLane(link);
  });

  // An address that names the field of a column: most browsers put the focus there themselves.
  const named = location.hash.startsWith("#new-") && document.getElementById(location.hash.slice(1));
  if (named && matchMedia("(pointer: fine)").matches) named.focus();
}
