// Paragraphs, lists, **bold** and `code`, as elements; everything else stays the text that it is.

/** Shows `text` in `element`, in place of what it showed. */
export function showRichText(element, text) {
  element.replaceChildren(
    ...text
      .split(/\n{2,}/)
      .filter((block) => block.trim() !== '')
      .map(blockElement),
  );
}

function blockElement(block) {
  const lines = block.split('\n').filter((line) => line !== '');
  if (!lines.every((line) => /^[-*] /.test(line))) return filled('p', lines.join('\n'));
  const list = document.createElement('ul');
  list.append(...lines.map((line) => filled('li', line.slice(2))));
  return list;
}

function filled(tag, text) {
  const element = document.createElement(tag);
  for (const piece of text.split(/(\*\*[^*]+\*\*|`[^`]+`)/)) {
    if (/^\*\*.+\*\*$/.test(piece)) element.append(leaf('strong', piece.slice(2, -2)));
    else if (/^`.+`$/.test(piece)) element.append(leaf('code', piece.slice(1, -1)));
    else element.append(piece);
  }
  return element;
}

function leaf(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
