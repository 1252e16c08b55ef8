/** Copies a text that is still being fetched; a browser allows it only while the click is fresh. */
export async function copyText(text: Promise<string>): Promise<void> {
  if (typeof ClipboardItem === 'function' && 'clipboard' in navigator) {
    const blob = text.then((value) => new Blob([value], { type: 'text/plain' }));
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
      return;
    } catch {
      // Some browsers take no promise in an item.
    }
  }
  const value = await text;
  // Over plain HTTP on another name than localhost there is no clipboard.
  if ('clipboard' in navigator) await navigator.clipboard.writeText(value);
  else copyBySelection(value);
}

function copyBySelection(value: string): void {
  const area = document.createElement('textarea');
  area.value = value;
  area.className = 'offscreen';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser did not copy');
}
