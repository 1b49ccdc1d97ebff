/** Loaded beside the widget: its words in this language. */
import { register } from "./index.js";
import { en } from "./en.js";

register(en);
