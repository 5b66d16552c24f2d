// Keys of the history: a change, a day, all the way. A list that has the focus keeps those that scroll it.
{
  const STEPS = { ArrowLeft: "previous", ArrowRight: "next" };
  const LEAPS = { PageUp: "day_before", PageDown: "day_after", Home: "first", End: "last" };
  const WRITTEN = "input:not([type=range]), textarea, select, [contenteditable]";

  /** Call `go` with the name of a way for each key that means one. */
  forge.listenForWays = (go) => {
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target.closest(WRITTEN) || document.querySelector("dialog[open]")) return;
      const way = STEPS[event.key] ?? (event.target.closest(".column__cards") ? null : LEAPS[event.key]);
      if (!way) return;
      event.preventDefault();
      go(way);
    });
  };
}
