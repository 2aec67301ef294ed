// Runs before anything is drawn, so that the page does not flash in the other theme.
(() => {
  let theme;
  try { theme = localStorage.getItem("theme"); } catch { return; }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
