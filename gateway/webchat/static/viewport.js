/** Keeps the page exactly as tall as what is visible, also on phones whose keyboard covers the page instead of shrinking it. */

export function followViewport() {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    // A page zoomed by hand must keep its layout: only the keyboard may shrink it.
    if (view.scale > 1.01) return;
    const style = document.documentElement.style;
    style.setProperty("--visible-height", `${view.height}px`);
    style.setProperty("--visible-top", `${view.offsetTop}px`);
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}
