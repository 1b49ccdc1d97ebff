/** The panel as a window: on a phone it is all there is to see, elsewhere it stands beside the page. */
const PHONE = matchMedia("(max-width: 480px), (max-height: 420px)");

/** Tells when the panel has to be shown the other way, or anew above an on-screen keyboard. */
export function watchWindow(change: () => void, fit: () => void): () => void {
  PHONE.addEventListener("change", change);
  window.visualViewport?.addEventListener("resize", fit);
  return () => {
    PHONE.removeEventListener("change", change);
    window.visualViewport?.removeEventListener("resize", fit);
  };
}

/** Shows it; on a phone what lies behind it is out of reach. */
export function showWindow(dialog: HTMLDialogElement | null): void {
  dialog?.close();
  if (PHONE.matches) dialog?.showModal();
  else dialog?.show();
  fitWindow(dialog);
}

/** Keeps it above the on-screen keyboard. */
export function fitWindow(dialog: HTMLDialogElement | null): void {
  const view = window.visualViewport;
  if (!view || !dialog?.open) return;
  const covered = PHONE.matches && view.scale === 1 && window.innerHeight - view.height > 80;
  dialog.style.setProperty("--seen-height", covered ? `${view.height}px` : "100%");
}

/** What has the focus, also inside other components. */
export function deepActive(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement ? active : null;
}
