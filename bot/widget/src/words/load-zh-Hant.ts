/** Loaded beside the widget: its words in this language. */
import { register } from "./index.js";
import { zhHant } from "./zh-Hant.js";

register(zhHant);
