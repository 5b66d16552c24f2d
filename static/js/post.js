// Telling the server of a change by script.
{
  const PATIENCE = 15_000;

  /** Send fields, and wait `patience` milliseconds; the answer's status (0: none came) and what it holds (null: nothing that we wrote). */
  forge.post = async (address, fields, patience = PATIENCE) => {
    let status = 0;
    try {
      const token = document.querySelector("meta[name=csrf-token]").content;
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token, "HX-Current-URL": location.href }, // as htmx says it
        body: new URLSearchParams(fields),
        signal: AbortSignal.timeout(patience),
      });
      status = answer.status;
      return { status, body: await answer.json() };
    } catch {
      return { status, body: null };
    }
  };
}
