"use strict";
// A phone for the simulator: what the account sent is drawn as text, never as markup.
const get = id => document.getElementById(id);
const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const fresh = () => "o" + crypto.randomUUID().replaceAll("-", "").slice(0, 20);
let openid = localStorage.getItem("openid") || fresh();
localStorage.setItem("openid", openid);
get("openid").textContent = openid;
let drawn = 0;

async function call(name, body) {
  const answer = await fetch("api/" + name, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ openid, ...body }) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
const act = (name, body) => { call(name, body).catch(error => console.error(error)); setTimeout(look, 50); };

// Text with links, and the links WeChat itself understands as a tap on a menu message.
function words(bubble, text) {
  const links = /<a href="(weixin:\/\/bizmsgmenu\?[^"]*|https?:\/\/[^"]*)">([^<]*)<\/a>|(https?:\/\/[^\s，。；）]+)/g;
  let last = 0;
  for (const found of text.matchAll(links)) {
    bubble.append(text.slice(last, found.index));
    const target = found[1] || found[3];
    const link = make("a", "", found[2] || found[3]);
    link.href = target.startsWith("weixin:") ? "#" : target;
    if (target.startsWith("weixin:")) {
      const query = new URLSearchParams(target.split("?")[1]);
      link.onclick = event => { event.preventDefault(); act("tap", { id: query.get("msgmenuid"), title: query.get("msgmenucontent") }); };
    } else { link.target = "_blank"; link.rel = "noopener"; }
    bubble.append(link);
    last = found.index + found[0].length;
  }
  bubble.append(text.slice(last));
}

function draw(row) {
  const line = make("li", row.from), bubble = make("div", "bubble");
  if (row.kind === "image") {
    const picture = make("img");
    picture.src = "media/" + encodeURIComponent(row.media_id);
    picture.alt = "picture";
    picture.onclick = () => picture.classList.toggle("large");
    bubble.append(picture);
  } else if (row.kind === "news") {
    bubble.append(make("strong", "", row.title), make("div", "card", row.text));
    words(bubble, "\n" + row.url);
  } else if (row.kind === "miniprogram") {
    bubble.append(make("strong", "", row.title), make("div", "card", "mini programme: " + row.url));
  } else {
    words(bubble, row.text || "");
  }
  if (row.items) {
    const items = make("div", "items");
    for (const [id, title] of row.items) {
      const item = make("button", "", title);
      item.type = "button";
      item.onclick = () => act("tap", { id, title });
      items.append(item);
    }
    bubble.append(items);
    if (row.tail) bubble.append(make("div", "", row.tail));
  }
  if (row.by) bubble.append(make("span", "by", { passive: "passive reply", service: "customer-service message",
    subscribe: "subscribe message" }[row.by]));
  line.append(bubble);
  get("chat").append(line);
}

function drawMenu(menu) {
  const nav = get("menu"), text = JSON.stringify(menu);
  if (nav.dataset.shown === text) return;
  nav.dataset.shown = text;
  nav.replaceChildren();
  const tap = button => () => button.type === "view" ? window.open(button.url, "_blank", "noopener") : act("menu", { key: button.key });
  for (const button of menu.button || []) {
    const holder = make("div"), top = make("button", "", button.name);
    holder.append(top);
    if (button.sub_button && button.sub_button.length) {
      const below = make("div", "below");
      for (const inner of button.sub_button) {
        const item = make("button", "", inner.name);
        item.onclick = () => { holder.classList.remove("open"); tap(inner)(); };
        below.append(item);
      }
      holder.append(below);
      top.onclick = () => holder.classList.toggle("open");
    } else top.onclick = tap(button);
    nav.append(holder);
  }
}

let looking = false;
async function look() {
  if (looking) return;
  looking = true;
  try {
    const state = await call("state", { after: drawn });
    for (const row of state.shown) { draw(row); drawn = row.number + 1; }
    if (state.shown.length) get("chat").scrollTop = get("chat").scrollHeight;
    drawMenu(state.menu);
    get("codes").replaceChildren(...state.codes.map(code => make("li", "", `${code.borrower_name} ${code.phone_masked}: ${code.code}`)));
    get("quota").textContent = state.quota;
  } catch (error) { console.error(error); }
  looking = false;
}

get("say").onsubmit = event => {
  event.preventDefault();
  const text = get("text").value.trim();
  if (text) act("say", { text });
  get("text").value = "";
};
get("picture").onchange = async event => {
  const file = event.target.files[0];
  if (!file) return;
  const form = new FormData();
  form.append("openid", openid);
  form.append("picture", file);
  event.target.value = "";
  await fetch("api/picture", { method: "POST", body: form });
  look();
};
get("follow").onclick = () => act("event", { event: "subscribe" });
get("unfollow").onclick = () => act("event", { event: "unsubscribe" });
get("location").onclick = () => act("location", {});
get("consent").onclick = () => act("consent", {});
get("another").onclick = () => { localStorage.setItem("openid", fresh()); location.reload(); };
look();
setInterval(look, 700);
