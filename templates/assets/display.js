// Before the first paint: how this reader chose to read, kept in this browser alone. See portal.js.
(function (root) {
  root.toggleAttribute("data-script", true);
  try {
    root.toggleAttribute("data-elder", localStorage.getItem("elder") === "on");
    root.dataset.size = localStorage.getItem("size") || "medium";
  } catch (refused) {
    root.dataset.size = "medium"; // A browser that keeps nothing still has every switch, for one page.
  }
})(document.documentElement);
