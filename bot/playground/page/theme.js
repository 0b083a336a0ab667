// Sets the chosen theme before the page is drawn, so that it never flashes in the other one. No choice: the system's.
(() => {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
