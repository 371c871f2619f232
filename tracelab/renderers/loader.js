// Unpacks the viewer and runs it. Both are known to the page's policy by their hashes, and nothing else may run.
// Where this fails, the page is what it is without a script.
(() => {
  const root = document.documentElement;
  root.classList.add("loading");
  const bytesOf = (text) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const chars = atob(text);
    const bytes = new Uint8Array(chars.length);
    for (let at = 0; at < chars.length; at++) bytes[at] = chars.charCodeAt(at);
    return bytes;
  };
  const unpack = async () => {
    const stream = new DecompressionStream("gzip");
    const writer = stream.writable.getWriter();
    const written = writer.write(bytesOf(document.getElementById("tracelab-viewer").textContent)).then(() => writer.close());
    const decoder = new TextDecoder();
    const reader = stream.readable.getReader();
    let code = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      code += decoder.decode(value, { stream: true });
    }
    await written;
    const script = document.createElement("script");
    script.textContent = code;
    document.body.append(script);
  };
  unpack().finally(() => root.classList.remove("loading"));
})();
