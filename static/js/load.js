// Code that no first paint needs: a script, with the style sheet it draws with, brought in when somebody asks for it.
{
  const loads = new Map();
  const sheets = new Map();

  function loadSheet(address) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    const loaded = new Promise((done, failed) => {
      link.addEventListener("load", done);
      link.addEventListener("error", () => {
        sheets.delete(address);
        link.remove();
        failed(new Error(address));
      });
    });
    document.head.append(link);
    return loaded;
  }

  /** Bring in style sheets, each once; `addresses` are parted by spaces. Rejected when one can't be had. */
  forge.loadSheets = (addresses) => Promise.all(addresses.split(" ").map((address) => {
    if (!sheets.has(address)) sheets.set(address, loadSheet(address));
    return sheets.get(address);
  }));

  /** Bring in what the element's data-script and (if any) data-style name, once; false (and a toast, unless `quiet`) when it can't be had. */
  forge.load = async ({ dataset: { script, style } }, quiet = false) => {
    if (!loads.has(script)) loads.set(script, Promise.all([import(script), style && forge.loadSheets(style)]));
    try {
      await loads.get(script);
      return true;
    } catch {
      loads.delete(script);
      if (!quiet) forge.toast("No connection, so this can't be opened.", "danger");
      return false;
    }
  };
}
