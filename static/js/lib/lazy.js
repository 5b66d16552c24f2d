// Code that no first paint needs: modules, with the style sheets that they draw with, loaded when they are first asked for.

import { toast } from "./toast.js";

const styles = new Map(); // by address: a promise of the loaded style sheet

function loadStyle(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      styles.delete(address);
      link.remove();
      reject(new Error(address));
    });
  });
  document.head.append(link);
  return loaded;
}

/** Load style sheets, each once; `addresses` are separated by spaces. Rejected when one can't be loaded. */
export const loadStyles = (addresses) => Promise.all(addresses.split(" ").filter(Boolean).map((address) => {
  if (!styles.has(address)) styles.set(address, loadStyle(address));
  return styles.get(address);
}));

/** A function that loads a module with its style sheets once, and answers the module. After a failure, the next call tries again. */
export function lazy(importModule, findStyles = () => "") {
  let loading = null;
  return async () => {
    loading ??= Promise.all([importModule(), loadStyles(findStyles() ?? "")]);
    try {
      return (await loading)[0];
    } catch (error) {
      loading = null;
      throw error;
    }
  };
}

/** What a lazy function answers; null, and a toast unless `quiet`, when it can't be loaded. */
export async function orToast(loading, { quiet = false } = {}) {
  try {
    return await loading;
  } catch {
    if (!quiet) toast("No connection, so this can’t be opened.", "danger");
    return null;
  }
}
