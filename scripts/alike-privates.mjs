import MagicString from 'magic-string';

/**
 * Numbers the private names of each class from 0, in the order in which they appear. A class's own are known in it alone, so
 * that each can have the same ones: a minifier makes them short, and what repeats compresses.
 */
export const alikePrivates = () => ({
  name: 'alike-privates',
  /** @this {import('rollup').PluginContext} */
  renderChunk(/** @type {string} */ code) {
    const text = new MagicString(code);
    const visit = (/** @type {any} */ node, /** @type {Map<string, string> | undefined} */ names) => {
      if (node.type === 'PrivateIdentifier' && names) {
        if (!names.has(node.name)) names.set(node.name, `#p${names.size}`);
        text.update(node.start, node.end, names.get(node.name) ?? '');
      }
      // A class in another one may use names of both.
      const known = names ?? (node.type === 'ClassBody' ? new Map() : undefined);
      for (const child of Object.values(node).flat()) if (child?.type) visit(child, known);
    };
    visit(this.parse(code), undefined);
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
});
