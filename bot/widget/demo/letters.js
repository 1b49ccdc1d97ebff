/**
 * Letters as large as they are in WeChat. A browser's page follows WeChat's setting by itself; a page that a mini-programme opens
 * does not, so the mini-programme hands its `wx.getAppBaseInfo().fontSizeScaleFactor` over in the address:
 * `…?fontSizeScaleFactor=1.4`. Everything grows with the letters, and lines break where they then have to.
 */
(() => {
  const SMALLEST = 1;
  const LARGEST = 2; // WeChat's largest letters are 27.5 pixels where the normal ones are 16
  const asked = Number(new window.URLSearchParams(window.location.search).get("fontSizeScaleFactor"));
  if (asked > SMALLEST) document.documentElement.style.zoom = String(Math.min(asked, LARGEST));
})();
