import { defineConfig, type Plugin } from "vite";

/**
 * Takes the line breaks, the indentation and needless quotes out of the templates, which no minifier touches. After minification line breaks are
 * left in templates only; between tags they mean nothing here, elsewhere a space.
 */
function tightTemplates(): Plugin {
  return {
    name: "tight-templates",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        file.code = file.code
          .replace(/(>?)\n\s*(<?)/g, (_all, end: string, start: string) => end + (end || start ? "" : " ") + start)
          .replace(/([}"]) >/g, "$1>")
          // A value of one word needs no quotes.
          .replace(/ ([a-z-]+)="([\w-]+)"(?=[ >])/g, " $1=$2");
      }
    },
  };
}

/** What each mode makes. `no-transport` leaves socket.io out, to be weighed by size.js. */
const FILES: Record<string, { entry: string; file: string; folder?: string; external?: string[] }> = {
  production: { entry: "src/huanban-chat.ts", file: "huanban-chat.js" },
  en: { entry: "src/words/load-en.ts", file: "words-en.js" },
  "zh-Hant": { entry: "src/words/load-zh-Hant.ts", file: "words-zh-Hant.js" },
  "no-transport": {
    entry: "src/huanban-chat.ts",
    file: "huanban-chat.js",
    folder: "out/no-transport",
    external: ["socket.io-client"],
  },
};

/** Takes Lit's hooks for old browsers and for rendering on a server out, which nothing here uses, and its own version notes. */
function leanLit(): Plugin {
  return {
    name: "lean-lit",
    transform(code, id) {
      if (!/node_modules\/(@lit|lit)/.test(id)) return null;
      return code
        .replace(/\w+\.\w+(PolyfillSupport|HydrateSupport)\b/g, "null")
        .replace(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g, "0");
    },
  };
}

/** Takes out what lightningcss adds for `light-dark()`, which no rule here uses. */
function noLightDark(): Plugin {
  return {
    name: "no-light-dark",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") file.code = file.code.replace(/--lightningcss-(light|dark):(initial| );/g, "");
      }
    },
  };
}

export default defineConfig(({ mode }) => {
  const {
    entry,
    file,
    folder = "dist",
    external = [],
  } = FILES[mode] ?? { entry: "src/huanban-chat.ts", file: "huanban-chat.js" };
  return {
    build: {
      lib: { entry, formats: ["iife"], name: "Huanban", fileName: () => file },
      // Phones of older people: WeChat's web view, Safari of iOS 16.
      target: ["chrome99", "safari16"],
      cssTarget: ["chrome99", "safari16"],
      outDir: folder,
      emptyOutDir: mode === "production",
      reportCompressedSize: false,
      minify: true,
      rolldownOptions: { external, output: { globals: { "socket.io-client": "io" } } },
    },
    plugins: [leanLit(), tightTemplates(), noLightDark()],
    define: { "process.env.NODE_ENV": '"production"' },
  };
});
