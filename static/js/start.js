// Begin: now for the page, and again for whatever htmx brings.
document.documentElement.classList.add("has-js");
forge.settleSentDraft();
forge.start(document);
forge.refreshTimes(document);
forge.focusFirstError(document);
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt === document.body) return;
  forge.start(detail.elt);
  forge.refreshTimes(detail.elt.parentElement ?? document);
  forge.keepCardsOnce(detail.elt);
});
