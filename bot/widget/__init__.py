"""The chat widget: TypeScript in `src/`, built into `dist/` by Vite; `build.py` does it when it is needed (docs/widget.md)."""
