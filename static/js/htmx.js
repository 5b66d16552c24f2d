// htmx was written as a script. In a module its name would be known to this bundle only.
globalThis.htmx = htmx;
