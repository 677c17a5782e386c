// Asks every few seconds whether the session goes on; when it does not, the page becomes the
// sign-in page at once, and what it showed is gone. Being asked is no activity.
const ask = async () => {
  try {
    const answer = await fetch("/auth/session", { cache: "no-store" });
    if (answer.status === 401) location.reload();
  } catch {
    // No network: the next question will tell.
  }
};
setInterval(ask, 5000);
addEventListener("focus", ask);
addEventListener("pageshow", (event) => event.persisted && ask());
document.addEventListener("visibilitychange", () => document.hidden || ask());
