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
