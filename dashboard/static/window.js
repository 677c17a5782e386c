// Tells the server how wide the window is before the page connects, so that charts are drawn to fit.
(() => {
  const phone = matchMedia("(max-width: 639px)");
  const tell = () => {
    document.cookie = `window=${innerWidth}; path=/; SameSite=Strict`;
  };
  tell();
  addEventListener("resize", tell);
  // What is drawn for a desk cannot be read on a phone: the address holds the view, load it again.
  phone.addEventListener("change", () => {
    tell();
    location.reload();
  });
})();

// Loads Plotly once for all charts, and the fonts it measures labels in. It runs while the server is
// still answering: its megabytes take the browser longer than the answer takes the server.
(() => {
  const { href } = document.getElementById("plotly");
  const font = (weight) => document.fonts.load(`${weight} 13px "Noto Sans SC"`, "a汉");
  const load = async () => {
    await Promise.all([import(href), Promise.allSettled([font(400), font(700)])]);
    return window.Plotly;
  };
  let loaded;
  window.plotly = () => (loaded ??= load().catch((problem) => {
    loaded = undefined;
    throw problem;
  }));
  const running = new MutationObserver(() => {
    if (!document.querySelector('[data-test-connection-state="CONNECTED"]')) return;
    running.disconnect();
    window.plotly().catch(() => {});
  });
  running.observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-test-connection-state"],
  });
})();

// What was asked for early has come once the page is used: browsers would look for all of it again
// at each change of the address.
(() => {
  const come = () => document.querySelectorAll('link[rel$="preload"]').forEach((link) => link.remove());
  addEventListener("pointerdown", come, true);
  addEventListener("keydown", come, true);
})();
