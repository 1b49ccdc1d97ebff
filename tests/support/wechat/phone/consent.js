"use strict";
document.getElementById("accept").onclick = async () => {
  const openid = localStorage.getItem("openid");
  await fetch("api/consent", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ openid }) });
  document.getElementById("done").textContent = "好了，可以关掉这一页。";
};
