/** The whole widget: loading this file is all a page needs to do. */
import type { ChatElement } from "./elements/chat.js";
import "./elements/chat.js";

declare global {
  interface HTMLElementTagNameMap {
    "huanban-chat": ChatElement;
  }
}
