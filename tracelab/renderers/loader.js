// Unpacks the viewer and runs it. Both are known to the page's policy by their hashes, and nothing else may run.
// Where this fails, the page is what it is without a script.
(() => {
  const root = document.documentElement;
  root.classList.add("loading");
  const packed = atob(document.getElementById("tracelab-viewer").textContent);
  const bytes = Uint8Array.from(packed, (char) => char.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  new Response(unpacked)
    .text()
    .then((code) => {
      const script = document.createElement("script");
      script.textContent = code;
      document.body.append(script);
    })
    .finally(() => root.classList.remove("loading"));
})();
