// A sheet: what is behind a link with data-sheet, shown beside it on the page. Esc and a click elsewhere close it.
{
  const GAP = 6;
  const sheet = document.createElement("div");
  sheet.id = "sheet";
  sheet.className = "menu__sheet sheet";
  sheet.popover = "auto";
  sheet.setAttribute("role", "dialog");
  document.body.append(sheet);
  let opener = null;

  function place() {
    const { left, right, bottom } = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = sheet;
    const start = left + width + GAP > innerWidth ? right - width : left;
    sheet.style.left = `${Math.max(8, Math.min(start, innerWidth - width - 8))}px`;
    sheet.style.top = `${Math.max(8, Math.min(bottom + GAP, innerHeight - height - 8))}px`;
  }

  function fill(html) {
    sheet.innerHTML = html;
    htmx.process(sheet);
    forge.start(sheet);
  }

  /** Open the sheet of a link; where that fails, simply go there. */
  forge.openSheet = async (link) => {
    const again = sheet.matches(":popover-open") && opener === link;
    opener = link;
    if (again) return sheet.hidePopover();
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      fill(await answer.text());
    } catch {
      location.assign(link.href);
      return;
    }
    sheet.ariaLabel = link.ariaLabel ?? link.textContent.trim();
    sheet.showPopover();
    place();
    (sheet.querySelector("[aria-invalid=true]") ?? sheet.querySelector("input:not([type=hidden], [type=radio])"))?.focus();
  };

  /** Fetch the open sheet anew, from another address; what had the focus has it again. */
  forge.refillSheet = async (address) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected || !sheet.matches(":popover-open")) return;
    const html = await answer.text();
    const { name, value, selectionStart } = document.activeElement;
    const { scrollTop } = sheet;
    fill(html);
    const fields = [...sheet.querySelectorAll("input")].filter((field) => field.name === name);
    const field = fields.find((one) => one.value === value) ?? fields[0];
    field?.focus();
    if (field?.type === "search") field.setSelectionRange(selectionStart, selectionStart);
    sheet.scrollTop = scrollTop;
  };

  forge.closeSheet = () => sheet.hidePopover();
  sheet.addEventListener("toggle", ({ newState }) => {
    if (opener) opener.ariaExpanded = newState === "open" ? "true" : "false";
    if (newState !== "closed") return;
    if (document.activeElement === document.body || sheet.contains(document.activeElement)) {
      const again = opener?.isConnected ? opener : document.getElementById(opener?.id || "board-filter");
      again?.focus();
    }
  });
  sheet.addEventListener("click", (event) => event.target.closest("[data-sheet-close]") && sheet.hidePopover());

  // A form that changes something is sent from here: the board shows the change, the sheet what was wrong with it.
  sheet.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    try {
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const answer = await fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body });
      if (answer.status === 204) {
        sheet.hidePopover();
        document.querySelector(".board__columns").dispatchEvent(new CustomEvent("forge:stale"));
      } else if (answer.status === 409 || answer.status === 422) {
        fill(await answer.text());
        (sheet.querySelector("[aria-invalid=true]") ?? sheet.querySelector("button"))?.focus();
      } else throw new Error(`status ${answer.status}`);
    } catch {
      forge.toast("That did not work, and nothing was changed. Please try again.", "danger");
    } finally {
      form.ariaBusy = null;
    }
  });
}
