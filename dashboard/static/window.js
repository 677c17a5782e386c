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

// Runs the chart code while the server is still answering; Streamlit asks for it only when the first
// chart has arrived, and its megabytes take the browser longer than the answer takes the server.
(() => {
  const charts = document.querySelector('link[rel="modulepreload"][href*="/PlotlyChart."]');
  const running = new MutationObserver(() => {
    if (!document.querySelector('[data-test-connection-state="CONNECTED"]')) return;
    running.disconnect();
    import(charts.href).catch(() => {});
  });
  if (charts) {
    running.observe(document, {
      subtree: true, childList: true, attributes: true, attributeFilter: ["data-test-connection-state"],
    });
  }
})();
