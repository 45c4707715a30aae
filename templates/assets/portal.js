// The switches of a page. Each is rendered hidden and shown here, so that without a script nothing dead is on the page.
(function (root) {
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  function keep(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch (refused) {
      // It holds for this page.
    }
  }

  function showElder(button) {
    const on = root.hasAttribute("data-elder");
    button.textContent = on ? button.dataset.leave : button.dataset.enter;
  }

  // What a reader of the simple layout seldom needs is folded there, unless the address leads to it.
  function fold() {
    const wanted = document.getElementById(location.hash.slice(1));
    all("[data-fold]").forEach((one) => {
      one.open = !root.hasAttribute("data-elder") || one.contains(wanted);
    });
  }

  function showSize() {
    all("[data-set-size]").forEach((one) => {
      one.setAttribute("aria-pressed", String(one.dataset.setSize === root.dataset.size));
    });
  }

  function tell(button, text) {
    const status = button.closest("[data-tools]").querySelector("[role=status]");
    status.textContent = "";
    setTimeout(() => { status.textContent = text; }, 50); // A second success is a change, too, and is read out.
  }

  // A browser that knows no popover shows the menu open.
  if (!("popover" in HTMLElement.prototype)) all(".menu-button").forEach((one) => one.remove());

  all("[data-switch=elder]").forEach((button) => {
    showElder(button);
    button.addEventListener("click", () => {
      keep("elder", root.toggleAttribute("data-elder") ? "on" : "off");
      all("[data-switch=elder]").forEach(showElder);
      fold();
    });
    button.hidden = false;
  });

  all("[data-set-size]").forEach((button) => {
    button.addEventListener("click", () => {
      root.dataset.size = button.dataset.setSize;
      keep("size", root.dataset.size);
      showSize();
    });
  });
  showSize();
  fold();

  all("[data-copy]").forEach((button) => {
    // Only a page that came by https (or from this machine) may write to the clipboard.
    if (!navigator.clipboard) return;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(button.dataset.copy).then(
        () => tell(button, button.dataset.done),
        () => tell(button, button.dataset.failed),
      );
    });
    button.hidden = false;
  });

  all("[data-print]").forEach((button) => {
    button.addEventListener("click", () => window.print());
  });

  all("[data-tools]").forEach((one) => { one.hidden = false; });

  // A table wider than the page is scrolled by keyboard, too, and says what it belongs to.
  const watched = window.ResizeObserver && new ResizeObserver((entries) => {
    entries.forEach(({ target }) => {
      const wide = target.scrollWidth > target.clientWidth;
      const marks = { tabindex: "0", role: "group", "aria-label": document.querySelector("h1").textContent.trim() };
      Object.keys(marks).forEach((name) => {
        if (wide) target.setAttribute(name, marks[name]);
        else target.removeAttribute(name);
      });
    });
  });
  if (watched) all(".prose").forEach((one) => watched.observe(one));

  // Who comes back by the browser's arrow sees the choice made since.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    try {
      root.toggleAttribute("data-elder", localStorage.getItem("elder") === "on");
      root.dataset.size = localStorage.getItem("size") || "medium";
    } catch (refused) {
      return;
    }
    all("[data-switch=elder]").forEach(showElder);
    showSize();
    fold();
  });
})(document.documentElement);
